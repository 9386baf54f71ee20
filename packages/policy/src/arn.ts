/**
 * Amazon Resource Names: `arn:partition:service:region:account:resource`.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */

/** The six parts of an ARN. `region` and `account` may be empty; `resource` may hold `:` and `/`. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/**
 * Splits an ARN; `undefined` when the text has fewer than six parts or does not begin with `arn`.
 *
 * @example parseArn("arn:aws:s3:::bucket/key")?.resource // "bucket/key"
 */
export function parseArn(text: string): Arn | undefined {
  if (!text.startsWith("arn:")) return undefined;
  const service = text.indexOf(":", 4);
  const region = service < 0 ? -1 : text.indexOf(":", service + 1);
  const account = region < 0 ? -1 : text.indexOf(":", region + 1);
  const resource = account < 0 ? -1 : text.indexOf(":", account + 1);
  if (resource < 0) return undefined;
  return {
    partition: text.slice(4, service),
    service: text.slice(service + 1, region),
    region: text.slice(region + 1, account),
    account: text.slice(account + 1, resource),
    resource: text.slice(resource + 1),
  };
}

/** Joins the parts again: `formatArn(parseArn(text)) === text` for every ARN. */
export function formatArn(arn: Arn): string {
  return `arn:${arn.partition}:${arn.service}:${arn.region}:${arn.account}:${arn.resource}`;
}

/** Whether the text is a twelve-digit AWS account id. */
export function isAccountId(text: string): boolean {
  return text.length === 12 && /^\d{12}$/.test(text);
}
