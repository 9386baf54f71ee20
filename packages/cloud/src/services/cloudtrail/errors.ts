/** CloudTrail's errors in AWS's words. */
import { AwsError } from "../../wire/errors.ts";

export const trailNotFound = (name: string, account: string) =>
  new AwsError("TrailNotFoundException", `Unknown trail: ${name} for the user: ${account}`);
export const invalidName = (message: string) => new AwsError("InvalidTrailNameException", message);

/** @throws InvalidTrailName in AWS's words */
export function checkTrailName(name: string): void {
  const length = `Specified name length: ${name.length} characters.`;
  if (name.length < 3) {
    throw invalidName(`Trail name too short. Minimum allowed length: 3 characters. ${length}`);
  }
  if (name.length > 128) {
    throw invalidName(`Trail name too long. Maximum allowed length: 128 characters. ${length}`);
  }
  if (!/^[a-zA-Z0-9]/.test(name)) throw invalidName("Trail name must starts with a letter or number.");
  if (!/[a-zA-Z0-9]$/.test(name)) throw invalidName("Trail name must ends with a letter or number.");
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    throw invalidName(
      "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).",
    );
  }
  if (/[._-]{2}/.test(name))
    throw invalidName("Trail name cannot have adjacent periods, underscores, or dashes.");
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name))
    throw invalidName("Trail name must not be in IP address format (for example, 192.168.5.4).");
}
