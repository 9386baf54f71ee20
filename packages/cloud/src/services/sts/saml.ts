/**
 * AssumeRoleWithSAML: a signed SAML 2.0 response for a role's credentials. The signature is verified with the
 * certificates of the provider's metadata (enveloped XML signature, exclusive canonicalisation, RSA or ECDSA).
 */

import { createHash, type KeyObject, verify } from "node:crypto";
import type * as Sts from "@aws-sdk/client-sts";
import type { CallContext } from "../../context.ts";
import type { Caller } from "../../identity/caller.ts";
import { AwsError } from "../../wire/errors.ts";
import type { InputOf, ResultOf } from "../../wire/types.ts";
import { findRole } from "../iam/directory.ts";
import { samlCertificates } from "../iam/operations/providers.ts";
import { samlProviders } from "../iam/state.ts";
import {
  assume,
  assumeChecks,
  checkDuration,
  checkRoleArn,
  checkSessionName,
  sessionPolicies,
  sessionTags,
} from "./assume-role.ts";
import { accessDenied } from "./errors.ts";
import { canonical, childrenNamed, descendants, parseXml, textOf, type XmlElement } from "./xml.ts";

const invalid = (message: string) => new AwsError("InvalidIdentityTokenException", message);
const AWS = "https://aws.amazon.com/SAML/Attributes/";
const AUDIENCE = "https://signin.aws.amazon.com/saml";

const DIGEST: Readonly<Record<string, string>> = {
  "http://www.w3.org/2000/09/xmldsig#sha1": "sha1",
  "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
  "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
  "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
};
const SIGNATURE: Readonly<Record<string, { hash: string; type: "rsa" | "ec" }>> = {
  "http://www.w3.org/2000/09/xmldsig#rsa-sha1": { hash: "sha1", type: "rsa" },
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": { hash: "sha256", type: "rsa" },
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": { hash: "sha384", type: "rsa" },
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": { hash: "sha512", type: "rsa" },
  "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": { hash: "sha256", type: "ec" },
};

/** The assertion of a response, once its own signature (or the response's) is verified. @throws InvalidIdentityToken */
export function verifiedAssertion(xml: string, keys: readonly KeyObject[]): XmlElement {
  let root: XmlElement;
  try {
    root = parseXml(xml);
  } catch {
    throw invalid("Could not parse SAML Response");
  }
  const assertions = root.name === "Assertion" ? [root] : childrenNamed(root, "Assertion");
  const assertion = assertions[0];
  // exactly one, or a second could be smuggled in beside the signed one
  if (!assertion || assertions.length > 1) throw invalid("Invalid SAML response: expected one assertion");
  for (const element of [assertion, root]) {
    if (childrenNamed(element, "Signature").length === 1 && isSigned(element, keys)) return assertion;
  }
  throw invalid("Response signature invalid");
}

function isSigned(element: XmlElement, keys: readonly KeyObject[]): boolean {
  const signature = childrenNamed(element, "Signature")[0] as XmlElement;
  const info = childrenNamed(signature, "SignedInfo")[0];
  const references = info ? childrenNamed(info, "Reference") : [];
  const reference = references[0];
  if (!info || !reference || references.length > 1) return false;
  const id = element.attributes.find((one) => one.name === "ID")?.value;
  const uri = reference.attributes.find((one) => one.name === "URI")?.value ?? "";
  if (uri !== "" && uri !== `#${id}`) return false;
  const prefixes = descendants(reference, "InclusiveNamespaces").flatMap(
    (one) => one.attributes.find(({ name }) => name === "PrefixList")?.value.split(/\s+/) ?? [],
  );
  const algorithm = (name: string, within: XmlElement) =>
    descendants(within, name)[0]?.attributes.find((one) => one.name === "Algorithm")?.value ?? "";
  const digest = DIGEST[algorithm("DigestMethod", reference)];
  const method = SIGNATURE[algorithm("SignatureMethod", info)];
  if (!digest || !method) return false;
  const content = canonical(element, { without: signature, prefixes });
  const expected = textOf(descendants(reference, "DigestValue")[0]).replace(/\s+/g, "");
  if (createHash(digest).update(content).digest("base64") !== expected) return false;
  const infoPrefixes = childrenNamed(info, "CanonicalizationMethod").flatMap((one) =>
    descendants(one, "InclusiveNamespaces").flatMap(
      (two) => two.attributes.find(({ name }) => name === "PrefixList")?.value.split(/\s+/) ?? [],
    ),
  );
  const signed = Buffer.from(canonical(info, { prefixes: infoPrefixes }));
  const value = Buffer.from(
    textOf(childrenNamed(signature, "SignatureValue")[0]).replace(/\s+/g, ""),
    "base64",
  );
  return keys.some((key) => {
    if (key.asymmetricKeyType !== method.type) return false;
    return method.type === "ec"
      ? verify(method.hash, signed, { key, dsaEncoding: "ieee-p1363" }, value)
      : verify(method.hash, signed, key, value);
  });
}

/** Attributes of the assertion by name. */
function attributesOf(assertion: XmlElement): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const attribute of descendants(assertion, "Attribute")) {
    const name = attribute.attributes.find((one) => one.name === "Name")?.value ?? "";
    found.set(
      name,
      childrenNamed(attribute, "AttributeValue").map((one) => textOf(one).trim()),
    );
  }
  return found;
}

export function assumeRoleWithSaml(
  input: InputOf<typeof Sts.AssumeRoleWithSAMLCommand>,
  context: CallContext,
): ResultOf<typeof Sts.AssumeRoleWithSAMLCommand> {
  checkRoleArn(input.RoleArn);
  const account = input.RoleArn.split(":")[4] as string;
  const provider = samlProviders(context.in(account)).get(input.PrincipalArn);
  if (!provider) throw invalid(`Specified provider doesn't exist`);
  const xml = Buffer.from(input.SAMLAssertion, "base64").toString();
  const keys = samlCertificates(provider.metadata).map((one) => one.publicKey);
  const assertion = verifiedAssertion(xml, keys);
  const issuer = textOf(childrenNamed(assertion, "Issuer")[0]).trim();
  if (!provider.metadata.includes(`entityID="${issuer}"`)) {
    throw invalid("Issuer not present in specified provider");
  }
  checkTime(assertion, context.now);
  const attributes = attributesOf(assertion);
  const pairs = (attributes.get(`${AWS}Role`) ?? []).map((one) => one.split(",").map((part) => part.trim()));
  if (!pairs.some((pair) => pair.includes(input.RoleArn) && pair.includes(input.PrincipalArn))) {
    throw accessDenied("Not authorized to perform sts:AssumeRoleWithSAML");
  }
  const name = attributes.get(`${AWS}RoleSessionName`)?.[0];
  if (name === undefined) throw invalid("RoleSessionName is required in AuthnResponse");
  checkSessionName(name);
  const nameId = descendants(assertion, "NameID")[0];
  const subject = textOf(nameId).trim();
  const format =
    nameId?.attributes
      .find((one) => one.name === "Format")
      ?.value.split(":")
      .pop() ?? "persistent";
  const recipient =
    descendants(assertion, "SubjectConfirmationData")[0]?.attributes.find((one) => one.name === "Recipient")
      ?.value ?? AUDIENCE;
  const list = [...attributes].flatMap(([key, values]) =>
    key.startsWith(`${AWS}PrincipalTag:`)
      ? [{ Key: key.slice(`${AWS}PrincipalTag:`.length), Value: values[0] ?? "" }]
      : [],
  );
  const tags = sessionTags(list);
  const transitive = attributes.get(`${AWS}TransitiveTagKeys`) ?? [];
  const source = attributes.get(`${AWS}SourceIdentity`)?.[0];
  const qualifier = createHash("sha1")
    .update(`${issuer}${account}/${input.PrincipalArn.split("/").pop()}`)
    .digest("base64");
  const federated: Caller = {
    principal: { kind: "federated", provider: provider.arn },
    account,
    arn: provider.arn,
    userId: `${qualifier}:${subject}`,
  };
  context.note({
    userIdentity: {
      type: "SAMLUser",
      principalId: federated.userId,
      userName: subject,
      identityProvider: qualifier,
    },
    requestParameters: {
      sAMLAssertionID: assertion.attributes.find((one) => one.name === "ID")?.value,
      ...(Object.keys(tags).length > 0 && { principalTags: tags }),
      ...(transitive.length > 0 && { transitiveTagKeys: transitive }),
      ...(source !== undefined && { sourceIdentity: source }),
      roleSessionName: name,
    },
  });
  const samlKeys: Record<string, string | string[] | undefined> = {
    "saml:aud": recipient,
    "saml:iss": issuer,
    "saml:sub": subject,
    "saml:sub_type": format,
    "saml:namequalifier": qualifier,
    "saml:doc": `${account}/${input.PrincipalArn.split("/").pop()}`,
    "sts:RoleSessionName": name,
    "aws:FederatedProvider": provider.arn,
  };
  const checks = assumeChecks("sts:AssumeRoleWithSAML", input.RoleArn, samlKeys, {
    tags,
    transitive,
    sourceIdentity: source,
  });
  const role = findRole(input.RoleArn, context);
  if (!role || !checks.every((check) => context.isAllowed({ ...check, caller: federated }))) {
    throw accessDenied("Not authorized to perform sts:AssumeRoleWithSAML");
  }
  const asked = Number(attributes.get(`${AWS}SessionDuration`)?.[0] ?? Number.NaN);
  const seconds = checkDuration(
    input.DurationSeconds ?? (Number.isFinite(asked) ? asked : undefined),
    role,
    false,
  );
  const { packed, ...policies } = sessionPolicies(input.Policy, input.PolicyArns, tags, account, context);
  const answer = assume(
    role,
    {
      name,
      seconds,
      ...policies,
      ...(Object.keys(tags).length > 0 && { tags }),
      ...(transitive.length > 0 && { transitive }),
      ...(source !== undefined && { sourceIdentity: source }),
      context: { "aws:FederatedProvider": provider.arn, "saml:sub": subject, "saml:sub_type": format },
    },
    context,
  );
  return {
    ...answer,
    Subject: subject,
    SubjectType: format,
    Issuer: issuer,
    Audience: recipient,
    NameQualifier: qualifier,
    ...(packed !== undefined && { PackedPolicySize: packed }),
    ...(source !== undefined && { SourceIdentity: source }),
  };
}

/** @throws ExpiredToken, InvalidIdentityToken when the assertion is not of now or not for AWS */
function checkTime(assertion: XmlElement, now: number): void {
  for (const element of [
    ...descendants(assertion, "Conditions"),
    ...descendants(assertion, "SubjectConfirmationData"),
  ]) {
    const at = (name: string) => element.attributes.find((one) => one.name === name)?.value;
    const [before, after] = [at("NotBefore"), at("NotOnOrAfter")];
    if (after !== undefined && Date.parse(after) <= now) {
      throw new AwsError("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance");
    }
    if (before !== undefined && Date.parse(before) > now + 300_000)
      throw invalid("Assertion is not yet valid");
  }
  const audiences = descendants(assertion, "Audience").map((one) => textOf(one).trim());
  if (
    audiences.length > 0 &&
    !audiences.some((one) => one === "urn:amazon:webservices" || one.startsWith("https://"))
  ) {
    throw invalid("Audience is invalid");
  }
}
