/** Lifecycle configurations and custom images of a domain. */

import type { Domain } from "@sagekeep/spec";
import { CfnManagedPolicy, CfnRole } from "aws-cdk-lib/aws-iam";
import {
  CfnAppImageConfig,
  type CfnDomain,
  CfnImage,
  CfnImageVersion,
  CfnStudioLifecycleConfig,
} from "aws-cdk-lib/aws-sagemaker";
import { imagePullStatements } from "../policies/baseline.ts";
import { document, reasons } from "../policies/statement.ts";
import { acceptWildcards } from "./acknowledged.ts";
import { logical, type PlatformStack } from "./platform-stack.ts";

type AppKind = "JupyterLab" | "CodeEditor";

export interface StudioExtras {
  /** ARNs of lifecycle configurations, by kind of app. */
  readonly lifecycles: Readonly<Record<AppKind, readonly string[]>>;
  readonly images: Readonly<Record<AppKind, readonly CfnDomain.CustomImageProperty[]>>;
}

export function buildStudioExtras(stack: PlatformStack, domain: Domain): StudioExtras {
  const lifecycles: Record<AppKind, string[]> = { JupyterLab: [], CodeEditor: [] };
  for (const [name, lifecycle] of Object.entries(domain.lifecycle)) {
    const config = new CfnStudioLifecycleConfig(stack, logical(name, "lifecycle"), {
      studioLifecycleConfigName: `${stack.platform.name}-${domain.name}-${name}`.slice(0, 63),
      studioLifecycleConfigAppType: lifecycle.app,
      studioLifecycleConfigContent: Buffer.from(lifecycle.script).toString("base64"),
      tags: stack.labels({ domain: domain.name }),
    });
    lifecycles[lifecycle.app].push(config.attrStudioLifecycleConfigArn);
  }
  const images: Record<AppKind, CfnDomain.CustomImageProperty[]> = { JupyterLab: [], CodeEditor: [] };
  const entries = Object.entries(domain.images);
  const role = entries.length > 0 ? imageRole(stack, domain) : undefined;
  for (const [name, image] of entries) {
    const full = `${stack.platform.name}-${domain.name}-${name}`.slice(0, 63);
    const made = new CfnImage(stack, logical(name, "image"), {
      imageName: full,
      imageRoleArn: role!.attrArn,
      ...(image.display === undefined ? {} : { imageDisplayName: image.display }),
      tags: stack.labels({ domain: domain.name }),
    });
    const version = new CfnImageVersion(stack, logical(name, "image-version"), {
      imageName: full,
      baseImage: image.image,
    });
    version.addResourceDependency(made);
    const config = new CfnAppImageConfig(stack, logical(name, "image-config"), {
      appImageConfigName: full,
      ...(image.app === "JupyterLab" ? { jupyterLabAppImageConfig: {} } : { codeEditorAppImageConfig: {} }),
      tags: stack.labels({ domain: domain.name }),
    });
    images[image.app].push({ imageName: full, appImageConfigName: config.ref });
  }
  return { lifecycles, images };
}

/** SageMaker pulls the base image with this role when a version is made. */
function imageRole(stack: PlatformStack, domain: Domain): CfnRole {
  const { platform } = stack;
  const name = `${platform.name}-${domain.name}-images`;
  const statements = imagePullStatements(stack.arns);
  const policy = new CfnManagedPolicy(stack, "ImagesPolicy", {
    managedPolicyName: name,
    description: `pulls the images of domain ${domain.name}`,
    policyDocument: document(statements),
  });
  acceptWildcards(policy, statements);
  stack.explain(policy, { wildcards: reasons(statements) });
  return new CfnRole(stack, "ImagesRole", {
    roleName: name,
    description: `pulls the images of domain ${domain.name}`,
    assumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: `sagemaker.${platform.dnsSuffix}` },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": platform.account } },
        },
      ],
    },
    managedPolicyArns: [policy.attrPolicyArn],
    tags: stack.labels({ domain: domain.name }),
  });
}
