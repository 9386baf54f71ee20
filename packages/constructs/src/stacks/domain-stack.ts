/** One SageMaker domain: VpcOnly, nothing shared, apps stopped when idle. */

import type { Domain } from "@sagekeep/spec";
import { CfnDomain } from "aws-cdk-lib/aws-sagemaker";
import type { Construct } from "constructs";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";

export class DomainStack extends PlatformStack {
  constructor(scope: Construct, domain: Domain, props: Omit<PlatformStackProps, "summary">) {
    super(scope, `domain-${domain.name}`, { ...props, summary: `SageMaker domain ${domain.name}` });
    const { arns, platform } = this;
    const role = arns.imported(`access:${domain.name}:DefaultRole`);
    const groups = [arns.studioGroup()];
    const app = { appLifecycleManagement: { idleSettings: idle(domain) } };
    const storage = {
      defaultEbsStorageSettings: {
        defaultEbsVolumeSizeInGb: domain.storage.default,
        maximumEbsVolumeSizeInGb: domain.storage.max,
      },
    };
    const hidden = [...(domain.canvas ? [] : ["Canvas"]), ...(domain.rstudio ? [] : ["RStudioServerPro"])];
    const resource = new CfnDomain(this, "Domain", {
      domainName: `${platform.name}-${domain.name}`.slice(0, 63),
      authMode: domain.auth,
      appNetworkAccessType: "VpcOnly",
      vpcId: arns.vpc(),
      subnetIds: arns.subnets(),
      tagPropagation: "ENABLED",
      defaultUserSettings: {
        executionRole: role,
        securityGroups: groups,
        studioWebPortal: "ENABLED",
        defaultLandingUri: "studio::",
        sharingSettings: { notebookOutputOption: domain.notebookSharing ? "Allowed" : "Disabled" },
        jupyterLabAppSettings: app,
        codeEditorAppSettings: app,
        spaceStorageSettings: storage,
        ...(hidden.length > 0 ? { studioWebPortalSettings: { hiddenAppTypes: hidden } } : {}),
      },
      defaultSpaceSettings: {
        executionRole: role,
        securityGroups: groups,
        jupyterLabAppSettings: app,
        spaceStorageSettings: storage,
      },
      domainSettings: {
        executionRoleIdentityConfig: domain.sourceIdentity ? "USER_PROFILE_NAME" : "DISABLED",
        dockerSettings: { enableDockerAccess: domain.docker ? "ENABLED" : "DISABLED" },
      },
      tags: this.labels({ domain: domain.name, ...domain.tags }),
    });
    this.hand(`domain:${domain.name}:Id`, resource.attrDomainId, `id of domain ${domain.name}`);
    this.hand(`domain:${domain.name}:Url`, resource.attrUrl, `address of domain ${domain.name}`);
    this.hand(
      `domain:${domain.name}:FileSystem`,
      resource.attrHomeEfsFileSystemId,
      `home directories of domain ${domain.name}`,
    );
  }
}

/** Native idle shutdown; users may shorten it, not switch it off. */
function idle(domain: Domain): CfnDomain.IdleSettingsProperty {
  return {
    lifecycleManagement: "ENABLED",
    idleTimeoutInMinutes: domain.idleShutdown,
    minIdleTimeoutInMinutes: Math.min(60, domain.idleShutdown),
    maxIdleTimeoutInMinutes: domain.idleShutdown,
  };
}
