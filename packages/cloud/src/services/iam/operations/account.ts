/** The account as a whole: alias, summary, authorization details, credential report. */
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { stamp } from "../entities.ts";
import { alreadyExists, noSuchEntity } from "../errors.ts";
import { awsManaged } from "../managed/aws-managed.ts";
import { page } from "../paging.ts";
import {
  accessKeys,
  attachments,
  groups,
  instanceProfiles,
  mfaDevices,
  oidcProviders,
  policies,
  roles,
  samlProviders,
  serverCertificates,
  settings,
  users,
} from "../state.ts";
import { credentialReport } from "./credential-report.ts";
import { groupDetail, policyDetail, roleDetail, userDetail } from "./details.ts";

const HOURS_4 = 4 * 3600 * 1000;

export const accountOperations: Handlers<typeof Iam, CallContext> = {
  CreateAccountAlias({ AccountAlias }, context) {
    const taken = context.globalTable<{ account: string }>("iam.alias").get(AccountAlias);
    if (taken && taken.account !== context.account) {
      throw alreadyExists(`The account alias ${AccountAlias} already exists.`);
    }
    const old = settings(context).get("account");
    if (old?.alias) context.globalTable("iam.alias").delete(old.alias);
    context.globalTable<{ account: string }>("iam.alias").put(AccountAlias, { account: context.account });
    settings(context).put("account", { ...old, alias: AccountAlias });
    return {};
  },

  DeleteAccountAlias({ AccountAlias }, context) {
    const old = settings(context).get("account");
    if (old?.alias !== AccountAlias) {
      throw noSuchEntity(`The account alias with name ${AccountAlias} cannot be found.`);
    }
    const { alias: _, ...rest } = old;
    settings(context).put("account", rest);
    context.globalTable("iam.alias").delete(AccountAlias);
    return {};
  },

  ListAccountAliases(_input, context) {
    const alias = settings(context).get("account")?.alias;
    return { AccountAliases: alias === undefined ? [] : [alias], IsTruncated: false };
  },

  GetAccountSummary(_input, context) {
    const own = policies(context).list();
    const devices = mfaDevices(context).list();
    const rootKey = accessKeys(context)
      .list()
      .some((key) => key.account === context.account && key.user === undefined);
    const attachedAws = new Set<string>();
    for (const [key] of attachments(context).entries({ prefix: "arn:aws:iam::aws:" })) {
      attachedAws.add(key.split("|")[0] as string);
    }
    return {
      SummaryMap: {
        AccessKeysPerUserQuota: 2,
        AccountAccessKeysPresent: rootKey ? 1 : 0,
        AccountMFAEnabled: 0,
        AccountPasswordPresent: 0,
        AccountSigningCertificatesPresent: 0,
        AssumeRolePolicySizeQuota: 2048,
        AttachedPoliciesPerGroupQuota: 10,
        AttachedPoliciesPerRoleQuota: 10,
        AttachedPoliciesPerUserQuota: 10,
        GlobalEndpointTokenVersion: settings(context).get("account")?.tokenVersion ?? 1,
        GroupPolicySizeQuota: 5120,
        Groups: groups(context).count(),
        GroupsPerUserQuota: 10,
        GroupsQuota: 300,
        InstanceProfiles: instanceProfiles(context).count(),
        InstanceProfilesQuota: 1000,
        MFADevices: devices.length,
        MFADevicesInUse: devices.filter((one) => one.user !== undefined).length,
        Policies: own.length,
        PoliciesQuota: 1500,
        PolicySizeQuota: 6144,
        PolicyVersionsInUse: own.reduce((sum, one) => sum + one.versions.length, attachedAws.size),
        PolicyVersionsInUseQuota: 10000,
        Providers: oidcProviders(context).count() + samlProviders(context).count(),
        RolePolicySizeQuota: 10240,
        Roles: roles(context).count(),
        RolesQuota: 1000,
        ServerCertificates: serverCertificates(context).count(),
        ServerCertificatesQuota: 20,
        SigningCertificatesPerUserQuota: 2,
        UserPolicySizeQuota: 2048,
        Users: users(context).count(),
        UsersQuota: 5000,
        VersionsPerPolicyQuota: 5,
      },
    };
  },

  GetAccountAuthorizationDetails(input, context) {
    const wanted = (kind: Iam.EntityType) => !input.Filter?.length || input.Filter.includes(kind);
    const all: { kind: string; key: string; detail: () => object }[] = [];
    if (wanted("Group")) {
      for (const one of groups(context).list())
        all.push({ kind: "1", key: one.arn, detail: () => groupDetail(one) });
    }
    if (wanted("Role")) {
      for (const one of roles(context).list()) {
        all.push({ kind: "2", key: one.arn, detail: () => roleDetail(one, context) });
      }
    }
    if (wanted("User")) {
      for (const one of users(context).list())
        all.push({ kind: "3", key: one.arn, detail: () => userDetail(one) });
    }
    for (const one of policiesInUse(context, wanted)) {
      all.push({ kind: "4", key: one.arn, detail: () => policyDetail(one, context) });
    }
    all.sort((a, b) => (`${a.kind}${a.key}` < `${b.kind}${b.key}` ? -1 : 1));
    const { items, more } = page(all, (one) => `${one.kind}${one.key}`, input);
    const of = (kind: string) => items.filter((one) => one.kind === kind).map((one) => one.detail());
    return {
      GroupDetailList: of("1") as Iam.GroupDetail[],
      RoleDetailList: of("2") as Iam.RoleDetail[],
      UserDetailList: of("3") as Iam.UserDetail[],
      Policies: of("4") as Iam.ManagedPolicyDetail[],
      ...more,
    };
  },

  GenerateCredentialReport(_input, context) {
    const old = settings(context).get("account");
    const fresh = old?.credentialReport && context.now - old.credentialReport.generated < HOURS_4;
    if (!fresh) {
      const report = { generated: stamp(context), content: credentialReport(context) };
      settings(context).put("account", { ...old, credentialReport: report });
    }
    return fresh
      ? { State: "COMPLETE" }
      : {
          State: "STARTED",
          Description: "No report exists. Starting a new report generation task",
        };
  },

  GetCredentialReport(_input, context) {
    const report = settings(context).get("account")?.credentialReport;
    if (!report) throw new AwsError("CredentialReportNotPresentException", "", { status: 410 });
    if (context.now - report.generated > HOURS_4) {
      throw new AwsError("CredentialReportExpiredException", "", { status: 410 });
    }
    return {
      Content: Buffer.from(report.content),
      ReportFormat: "text/csv",
      GeneratedTime: new Date(report.generated),
    };
  },

  SetSecurityTokenServicePreferences({ GlobalEndpointTokenVersion }, context) {
    settings(context).put("account", {
      ...settings(context).get("account"),
      tokenVersion: GlobalEndpointTokenVersion === "v2Token" ? 2 : 1,
    });
    return {};
  },
};

/** The account's own policies, and those of AWS that are attached somewhere. */
function policiesInUse(context: ReadContext, wanted: (kind: Iam.EntityType) => boolean) {
  const aws = new Set<string>();
  if (wanted("AWSManagedPolicy")) {
    for (const [key] of attachments(context).entries({ prefix: "arn:aws:iam::aws:" })) {
      aws.add(key.split("|")[0] as string);
    }
  }
  return [
    ...(wanted("LocalManagedPolicy") ? policies(context).list() : []),
    ...[...aws].flatMap((arn) => awsManaged(arn) ?? []),
  ];
}
