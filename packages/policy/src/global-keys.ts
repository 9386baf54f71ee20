/**
 * The global condition keys (`aws:…`) with their types; a trailing `/` marks a key that takes a tag key after it.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */

/** The type of a condition key; an `ArrayOf…` key is multivalued and needs a set operator. */
export type KeyType =
  | "String"
  | "ARN"
  | "Bool"
  | "Numeric"
  | "Date"
  | "IPAddress"
  | "Binary"
  | "ArrayOfString"
  | "ArrayOfARN"
  | "ArrayOfBool";

const table: Record<KeyType, string> = {
  String:
    "aws:PrincipalAccount aws:PrincipalOrgID aws:PrincipalTag/ aws:PrincipalServiceName aws:PrincipalType aws:userid " +
    "aws:username aws:FederatedProvider aws:Ec2InstanceSourceVpc aws:SourceIdentity aws:SourceVpc aws:SourceVpce " +
    "aws:VpceAccount aws:VpceOrgID aws:ResourceAccount aws:ResourceOrgID aws:ResourceTag/ aws:CalledViaFirst " +
    "aws:CalledViaLast aws:CalledViaAWSMCP aws:referer aws:RequestedRegion aws:RequestTag/ aws:SourceAccount " +
    "aws:SourceOwner aws:SourceOrgID aws:UserAgent identitystore:UserId glue:RoleAssumedBy glue:CredentialIssuingService",
  ARN:
    "aws:PrincipalArn aws:SourceArn aws:SourceVpcArn aws:ChatbotSourceArn ec2:SourceInstanceArn " +
    "lambda:SourceFunctionArn ssm:SourceInstanceArn",
  Bool:
    "aws:PrincipalIsAWSService aws:AssumedRoot aws:MultiFactorAuthPresent aws:ViaAWSService aws:ViaAWSMCPService " +
    "aws:SecureTransport aws:IsMcpServiceAction",
  Numeric: "aws:MultiFactorAuthAge ec2:RoleDelivery",
  Date: "aws:TokenIssueTime aws:CurrentTime aws:EpochTime",
  IPAddress: "aws:SourceIp aws:VpcSourceIp aws:Ec2InstanceSourcePrivateIPv4",
  Binary: "",
  ArrayOfString:
    "aws:PrincipalOrgPaths aws:PrincipalServiceNamesList aws:VpceOrgPaths aws:ResourceOrgPaths aws:CalledVia " +
    "aws:TagKeys aws:SourceOrgPaths",
  ArrayOfARN: "",
  ArrayOfBool: "",
};

/** Lower-case key → AWS's spelling and type. Keys that take a tag key end in `/`. */
export const globalKeys: ReadonlyMap<string, { readonly name: string; readonly type: KeyType }> = new Map(
  (Object.entries(table) as [KeyType, string][]).flatMap(([type, names]) =>
    names
      .split(" ")
      .filter((name) => name !== "")
      .map((name) => [name.toLowerCase(), { name, type }] as const),
  ),
);
