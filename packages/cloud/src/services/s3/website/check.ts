/**
 * What S3 demands of a website configuration before it keeps it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html; sentences as AWS was recorded to say them
 */
import type * as S3 from "@aws-sdk/client-s3";
import { invalidArgument, invalidRequest, malformedXml } from "../errors.ts";

const MOST_RULES = 50;

/** @throws MalformedXML, InvalidArgument, InvalidRequest */
export function checkWebsite(given: S3.WebsiteConfiguration): void {
  const all = given.RedirectAllRequestsTo;
  if (all) {
    if (given.IndexDocument || given.ErrorDocument || given.RoutingRules) {
      throw invalidArgument(
        "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
        "RedirectAllRequestsTo",
        "not null",
      );
    }
    if (!all.HostName) throw malformedXml();
    checkProtocol(all.Protocol);
    return;
  }
  if (!given.IndexDocument) {
    throw invalidArgument(
      "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
      "IndexDocument",
      "null",
    );
  }
  const suffix = given.IndexDocument.Suffix;
  if (!suffix || suffix.includes("/")) {
    throw invalidArgument("The IndexDocument Suffix is not well formed", "IndexDocument", suffix ?? "");
  }
  if (given.ErrorDocument && !given.ErrorDocument.Key) throw malformedXml();
  if (given.RoutingRules?.length === 0) throw malformedXml();
  if (given.RoutingRules && given.RoutingRules.length > MOST_RULES) {
    throw invalidRequest(
      `${given.RoutingRules.length} routing rules provided, the number of routing rules in a website configuration is limited to ${MOST_RULES}.`,
    );
  }
  for (const rule of given.RoutingRules ?? []) checkRule(rule);
}

function checkRule({ Condition: condition, Redirect: redirect }: S3.RoutingRule): void {
  if (!redirect) throw malformedXml();
  if (redirect.ReplaceKeyPrefixWith !== undefined && redirect.ReplaceKeyWith !== undefined) {
    throw invalidRequest("You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
  }
  if (condition) {
    const error = condition.HttpErrorCodeReturnedEquals;
    if (error === undefined && condition.KeyPrefixEquals === undefined) {
      throw invalidRequest(
        "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.",
      );
    }
    if (error !== undefined && !/^[45]\d\d$/.test(error)) {
      throw invalidRequest(
        `The provided HTTP error code (${error}) is not valid. Valid codes are 4XX or 5XX.`,
      );
    }
  }
  checkProtocol(redirect.Protocol);
  const code = redirect.HttpRedirectCode;
  if (code !== undefined && (!/^3\d\d$/.test(code) || code === "300")) {
    throw invalidRequest(
      `The provided HTTP redirect code (${code}) is not valid. Valid codes are 3XX except 300.`,
    );
  }
}

function checkProtocol(protocol: string | undefined): void {
  if (protocol === undefined || protocol === "http" || protocol === "https") return;
  throw invalidRequest(
    "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.",
  );
}
