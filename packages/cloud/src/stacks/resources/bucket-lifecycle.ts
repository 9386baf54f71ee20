/** A bucket's lifecycle rules: CloudFormation's property names against the S3 API's. */
import { PropertyProblem } from "../shape.ts";
import type { Value, ValueMap } from "../template/value.ts";
import { compact, list, map } from "./declared.ts";
import { text } from "./handler.ts";

/** A point in time as AWS's schema of buckets has it. */
const ISO_8601_UTC =
  "^([0-2]\\d{3})-(0[0-9]|1[0-2])-([0-2]\\d|3[01])T([01]\\d|2[0-4]):([0-5]\\d):([0-6]\\d)((\\.\\d{3})?)Z$";

const LENIENT = /^(\d{4}-\d{2}-\d{2})(?:(T\d{2}:\d{2}:\d{2}(?:\.\d{3})?)Z?)?$/;

type Instant = (name: string, value: Value | undefined) => Date | undefined;

/** @throws PropertyProblem for a date that is none */
export function lifecycleRules(configuration: ValueMap, logicalId: string): object[] {
  return list(configuration.Rules).map((rule, index) =>
    lifecycleRule(map(rule), (name, value) => {
      if (value === undefined) return undefined;
      // without its Z, or as a day alone, it is taken too: a template with one was deployed on AWS (integ.lifecycle
      // of @aws-cdk/aws-s3)
      const [, day, time = "T00:00:00"] = LENIENT.exec(text(value)) ?? [];
      const date = new Date(`${day}${time}Z`);
      if (!Number.isNaN(date.getTime())) return date;
      throw new PropertyProblem(
        `Properties validation failed for resource ${logicalId} with message:\n#/LifecycleConfiguration/Rules/${index}/${name}: string [${text(value)}] does not match pattern ${ISO_8601_UTC}`,
      );
    }),
  );
}

function lifecycleRule(rule: ValueMap, instant: Instant): object {
  const tags = list(rule.TagFilters);
  const sizes = {
    ObjectSizeGreaterThan: rule.ObjectSizeGreaterThan,
    ObjectSizeLessThan: rule.ObjectSizeLessThan,
  };
  const parts = [rule.Prefix, ...tags, sizes.ObjectSizeGreaterThan, sizes.ObjectSizeLessThan].filter(
    (one) => one !== undefined,
  );
  const numbers = (value: Value | undefined) => (value === undefined ? undefined : Number(value));
  const filter =
    parts.length > 1
      ? {
          And: compact({
            Prefix: rule.Prefix,
            Tags: tags.length > 0 ? tags : undefined,
            ObjectSizeGreaterThan: numbers(sizes.ObjectSizeGreaterThan),
            ObjectSizeLessThan: numbers(sizes.ObjectSizeLessThan),
          }),
        }
      : compact({
          Prefix: rule.Prefix ?? (parts.length === 0 ? "" : undefined),
          Tag: tags[0],
          ObjectSizeGreaterThan: numbers(sizes.ObjectSizeGreaterThan),
          ObjectSizeLessThan: numbers(sizes.ObjectSizeLessThan),
        });
  const transitions = [...list(rule.Transitions), ...list(rule.Transition)].map((one) =>
    days(map(one), instant),
  );
  const versions = [
    ...list(rule.NoncurrentVersionTransitions),
    ...list(rule.NoncurrentVersionTransition),
  ].map((one) => {
    const { TransitionInDays, ...rest } = map(one);
    return compact({ ...rest, NoncurrentDays: TransitionInDays });
  });
  const expired = map(rule.NoncurrentVersionExpiration);
  const noncurrent = rule.NoncurrentVersionExpirationInDays ?? expired.NoncurrentDays;
  const expiration = compact({
    Days: rule.ExpirationInDays,
    Date: instant("ExpirationDate", rule.ExpirationDate),
    ExpiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker,
  });
  return compact({
    ID: rule.Id,
    Status: rule.Status,
    Filter: filter,
    Expiration: Object.keys(expiration).length > 0 ? expiration : undefined,
    Transitions: transitions.length > 0 ? transitions : undefined,
    NoncurrentVersionTransitions: versions.length > 0 ? versions : undefined,
    NoncurrentVersionExpiration:
      noncurrent === undefined
        ? undefined
        : compact({ NoncurrentDays: noncurrent, NewerNoncurrentVersions: expired.NewerNoncurrentVersions }),
    AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
  });
}

function days(transition: ValueMap, instant: Instant): object {
  const { TransitionInDays: Days, TransitionDate, ...rest } = transition;
  return compact({ ...rest, Days, Date: instant("TransitionDate", TransitionDate) });
}
