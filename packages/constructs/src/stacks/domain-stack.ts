/** One SageMaker domain: VpcOnly, own key, nothing shared, apps stopped when idle. */

import type { Domain } from "@sagekeep/spec";
import { CfnDomain } from "aws-cdk-lib/aws-sagemaker";
import { CfnApplicationAssignment } from "aws-cdk-lib/aws-sso";
import type { Construct } from "constructs";
import { logical, PlatformStack, type PlatformStackProps } from "./platform-stack.ts";
import { buildStudioExtras, type StudioExtras } from "./studio-images.ts";

export class DomainStack extends PlatformStack {
  constructor(scope: Construct, domain: Domain, props: Omit<PlatformStackProps, "summary">) {
    super(scope, `domain-${domain.name}`, { ...props, summary: `SageMaker domain ${domain.name}` });
    const { arns, platform } = this;
    const extras = buildStudioExtras(this, domain);
    const resource = new CfnDomain(this, "Domain", {
      domainName: domain.name,
      authMode: domain.auth,
      appNetworkAccessType: "VpcOnly",
      vpcId: arns.vpc(),
      subnetIds: arns.subnets(),
      ...(platform.controls.keys === "customer" ? { kmsKeyId: arns.key("studio") } : {}),
      tagPropagation: "ENABLED",
      defaultUserSettings: {
        ...this.#defaults(domain, extras),
        studioWebPortal: "ENABLED",
        defaultLandingUri: "studio::",
        codeEditorAppSettings: appSettings(domain, extras, "CodeEditor"),
        sharingSettings: { notebookOutputOption: domain.notebookSharing ? "Allowed" : "Disabled" },
        ...hiddenApps(domain),
      },
      defaultSpaceSettings: this.#defaults(domain, extras),
      domainSettings: {
        executionRoleIdentityConfig: domain.sourceIdentity ? "USER_PROFILE_NAME" : "DISABLED",
        dockerSettings: { enableDockerAccess: domain.docker ? "ENABLED" : "DISABLED" },
        securityGroupIds: [arns.studioGroup()],
      },
      tags: this.labels({ ...domain.tags, domain: domain.name }),
    });
    this.hand(`domain:${domain.name}:Id`, resource.attrDomainId, `id of domain ${domain.name}`);
    this.hand(`domain:${domain.name}:Url`, resource.attrUrl, `address of domain ${domain.name}`);
    this.hand(
      `domain:${domain.name}:FileSystem`,
      resource.attrHomeEfsFileSystemId,
      `home directories of domain ${domain.name}`,
    );
    if (domain.auth === "SSO") this.#groups(domain, resource);
  }

  #defaults(domain: Domain, extras: StudioExtras) {
    return {
      executionRole: this.arns.imported(`access:${domain.name}:DefaultRole`),
      securityGroups: [this.arns.studioGroup()],
      jupyterLabAppSettings: appSettings(domain, extras, "JupyterLab"),
      spaceStorageSettings: {
        defaultEbsStorageSettings: {
          defaultEbsVolumeSizeInGb: domain.storage.default,
          maximumEbsVolumeSizeInGb: domain.storage.max,
        },
      },
    };
  }

  /** Groups of the domain's teams may sign in; a member's profile is made at the first sign-in. */
  #groups(domain: Domain, resource: CfnDomain): void {
    const { platform } = this;
    const wanted = platform.teams
      .filter((team) => team.domain === domain.name)
      .flatMap((team) => team.groups);
    for (const group of new Set(wanted)) {
      const id = platform.identityCenter?.groups[group];
      if (id === undefined) continue;
      new CfnApplicationAssignment(this, logical("group", group), {
        applicationArn: resource.attrSingleSignOnApplicationArn,
        principalId: id,
        principalType: "GROUP",
      });
    }
  }
}

function hiddenApps(domain: Domain): { studioWebPortalSettings?: CfnDomain.StudioWebPortalSettingsProperty } {
  const hidden = [...(domain.canvas ? [] : ["Canvas"]), ...(domain.rstudio ? [] : ["RStudioServerPro"])];
  return hidden.length > 0 ? { studioWebPortalSettings: { hiddenAppTypes: hidden } } : {};
}

/** Native idle shutdown; users may shorten it, not switch it off. */
function appSettings(domain: Domain, extras: StudioExtras, app: "JupyterLab" | "CodeEditor") {
  const lifecycleConfigArns = [...extras.lifecycles[app]];
  const customImages = [...extras.images[app]];
  return {
    appLifecycleManagement: {
      idleSettings: {
        lifecycleManagement: "ENABLED",
        idleTimeoutInMinutes: domain.idleShutdown,
        minIdleTimeoutInMinutes: Math.min(60, domain.idleShutdown),
        maxIdleTimeoutInMinutes: domain.idleShutdown,
      },
    },
    ...(lifecycleConfigArns.length > 0 ? { lifecycleConfigArns } : {}),
    ...(customImages.length > 0 ? { customImages } : {}),
  };
}
