/** Virtual MFA devices. Codes are checked for real: RFC 6238, 30 seconds, six digits. */
import { randomBytes } from "node:crypto";
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext, ReadContext } from "../../../context.ts";
import { base32Of, TOTP_STEP, totp } from "../../../identity/totp.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { change, find, stamp, userName } from "../entities.ts";
import { alreadyExists, deleteConflict, noSuchEntity, quota } from "../errors.ts";
import { checkName, checkPath, iamArn } from "../names.ts";
import { page } from "../paging.ts";
import { keyOf, type MfaDevice, mfaDevices, users } from "../state.ts";
import { newTags, shownTags } from "../tags.ts";
import { shownUser } from "./users.ts";

/** A user may have at most so many. */
const MOST_DEVICES = 8;

/** Whether `code` is the device's at `at`, give or take two steps. */
export function isCode(device: MfaDevice, code: string, at: number): boolean {
  for (let drift = -2; drift <= 2; drift++)
    if (totp(device.seed, at + drift * TOTP_STEP) === code) return true;
  return false;
}

function findDevice(serial: string, context: ReadContext): Readonly<MfaDevice> {
  const found = mfaDevices(context).get(serial);
  if (!found) throw noSuchEntity(`MFA Device with serial number ${serial} does not exist.`);
  return found;
}

function checkCodes(device: MfaDevice, first: string, second: string, context: ReadContext): void {
  for (let drift = -4; drift <= 2; drift++) {
    const at = context.now + drift * TOTP_STEP;
    if (totp(device.seed, at) === first && totp(device.seed, at + TOTP_STEP) === second) return;
  }
  throw new AwsError("InvalidAuthenticationCodeException", "Authentication code for device is not valid.");
}

export const mfaOperations: Handlers<typeof Iam, CallContext> = {
  CreateVirtualMFADevice(input, context) {
    checkName("policy", "virtualMFADeviceName", input.VirtualMFADeviceName);
    const path = checkPath(input.Path);
    const serial = iamArn(context.account, "mfa", path, input.VirtualMFADeviceName);
    if (mfaDevices(context).has(serial)) throw alreadyExists("MFA device already exists.");
    const seed = base32Of(randomBytes(64));
    const device = mfaDevices(context).put(serial, {
      serial,
      arn: serial,
      seed,
      tags: newTags(input.Tags, "exact"),
    });
    return {
      VirtualMFADevice: {
        SerialNumber: serial,
        Base32StringSeed: Buffer.from(seed),
        // what an authenticator app is given; we draw no picture
        QRCodePNG: Buffer.from(
          `otpauth://totp/Amazon%20Web%20Services:${input.VirtualMFADeviceName}@${context.account}?secret=${seed}&issuer=Amazon%20Web%20Services`,
        ),
        ...shownTags(device.tags),
      },
    };
  },

  ListVirtualMFADevices(input, context) {
    const wanted = input.AssignmentStatus ?? "Any";
    const all = mfaDevices(context)
      .list()
      .filter((one) => wanted === "Any" || (wanted === "Assigned") === (one.user !== undefined));
    const { items, more } = page(all, (one) => one.serial, input);
    return {
      VirtualMFADevices: items.map((one) => {
        const user = one.user === undefined ? undefined : users(context).get(keyOf(one.user));
        return {
          SerialNumber: one.serial,
          ...(user &&
            one.enabled !== undefined && {
              User: shownUser(user, false),
              EnableDate: new Date(one.enabled),
            }),
        };
      }),
      ...more,
    };
  },

  DeleteVirtualMFADevice({ SerialNumber }, context) {
    if (findDevice(SerialNumber, context).user !== undefined) {
      throw deleteConflict("Cannot delete entity, must deactivate MFA device first.");
    }
    mfaDevices(context).delete(SerialNumber);
    return {};
  },

  EnableMFADevice(input, context) {
    const user = find("user", input.UserName, context);
    const device = findDevice(input.SerialNumber, context);
    if (device.user !== undefined) throw alreadyExists("MFA Device is already in use.");
    if ((user.mfa?.length ?? 0) >= MOST_DEVICES) {
      throw quota("MFADevicesPerUser", MOST_DEVICES);
    }
    checkCodes(device, input.AuthenticationCode1, input.AuthenticationCode2, context);
    const enabled = stamp(context);
    mfaDevices(context).update(device.serial, (draft) => {
      draft.user = user.name;
      draft.enabled = enabled;
    });
    change("user", user.name, context, (draft) => {
      draft.mfa = [...(draft.mfa ?? []), { serial: device.serial, enabled }];
    });
    return {};
  },

  DeactivateMFADevice(input, context) {
    const name = userName(input.UserName, context);
    const user = find("user", name, context);
    if (!user.mfa?.some((one) => one.serial === input.SerialNumber)) {
      throw noSuchEntity(`MFA Device with serial number ${input.SerialNumber} does not exist.`);
    }
    change("user", name, context, (draft) => {
      draft.mfa = (draft.mfa ?? []).filter((one) => one.serial !== input.SerialNumber);
    });
    mfaDevices(context).update(input.SerialNumber, (draft) => {
      delete draft.user;
      delete draft.enabled;
    });
    return {};
  },

  ResyncMFADevice(input, context) {
    const user = find("user", input.UserName, context);
    const device = findDevice(input.SerialNumber, context);
    if (device.user !== user.name) {
      throw noSuchEntity(`MFA Device with serial number ${input.SerialNumber} does not exist.`);
    }
    checkCodes(device, input.AuthenticationCode1, input.AuthenticationCode2, context);
    return {};
  },

  ListMFADevices(input, context) {
    const user = find("user", userName(input.UserName, context), context);
    const { items, more } = page(user.mfa ?? [], (one) => one.serial, input);
    return {
      MFADevices: items.map((one) => ({
        UserName: user.name,
        SerialNumber: one.serial,
        EnableDate: new Date(one.enabled),
      })),
      ...more,
    };
  },

  GetMFADevice({ SerialNumber, UserName }, context) {
    const device = findDevice(SerialNumber, context);
    if (UserName !== undefined && device.user !== UserName) {
      throw noSuchEntity(`MFA Device with serial number ${SerialNumber} does not exist.`);
    }
    return {
      SerialNumber,
      ...(device.user !== undefined && { UserName: device.user }),
      ...(device.enabled !== undefined && { EnableDate: new Date(device.enabled) }),
    };
  },
};
