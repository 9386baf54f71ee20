/** Console passwords of users, kept as scrypt hashes, and the account's password policy. */
import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import type * as Iam from "@aws-sdk/client-iam";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { change, find, stamp, userName } from "../entities.ts";
import { alreadyExists, noSuchEntity } from "../errors.ts";
import { type PasswordPolicy, settings, type User } from "../state.ts";

const hash = (password: string, salt: string) => scryptSync(password, salt, 32, { N: 1024 }).toString("hex");

/** What a new password must satisfy when the account has set nothing. */
const DEFAULT: PasswordPolicy = {
  MinimumPasswordLength: 8,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
};

/** @throws PasswordPolicyViolation */
function checkPassword(password: string, context: CallContext): void {
  const policy = settings(context).get("account")?.passwordPolicy ?? DEFAULT;
  const fail = (what: string) =>
    new AwsError(
      "PasswordPolicyViolationException",
      `Password does not conform to the account password policy. ${what}`.trim(),
    );
  if (password.length < policy.MinimumPasswordLength) {
    throw new AwsError(
      "PasswordPolicyViolationException",
      `Password should have a minimum length of ${policy.MinimumPasswordLength}`,
    );
  }
  if (policy.RequireSymbols && !/[!@#$%^&*()_+\-=[\]{}|']/.test(password)) {
    throw fail("Password should have at least one symbol");
  }
  if (policy.RequireNumbers && !/[0-9]/.test(password))
    throw fail("Password should have at least one number");
  if (policy.RequireUppercaseCharacters && !/[A-Z]/.test(password)) {
    throw fail("Password should have at least one uppercase letter");
  }
  if (policy.RequireLowercaseCharacters && !/[a-z]/.test(password)) {
    throw fail("Password should have at least one lowercase letter");
  }
}

function shown(user: User): Iam.LoginProfile {
  if (!user.login) throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
  return {
    UserName: user.name,
    CreateDate: new Date(user.login.created),
    PasswordResetRequired: user.login.resetRequired,
  };
}

export const loginProfileOperations: Handlers<typeof Iam, CallContext> = {
  CreateLoginProfile(input, context) {
    const name = userName(input.UserName, context);
    const user = find("user", name, context);
    if (user.login) throw alreadyExists(`Login Profile for user ${name} already exists.`);
    if (input.Password === undefined) {
      throw new AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null",
      );
    }
    checkPassword(input.Password, context);
    const salt = randomBytes(8).toString("hex");
    const changed = change("user", name, context, (draft) => {
      draft.login = {
        created: stamp(context),
        resetRequired: input.PasswordResetRequired ?? false,
        salt,
        hash: hash(input.Password as string, salt),
      };
    });
    return { LoginProfile: shown(changed) };
  },

  GetLoginProfile: ({ UserName }, context) => ({
    LoginProfile: shown(find("user", userName(UserName, context), context)),
  }),

  UpdateLoginProfile(input, context) {
    shown(find("user", input.UserName, context));
    if (input.Password !== undefined) checkPassword(input.Password, context);
    change("user", input.UserName, context, (draft) => {
      if (!draft.login) return;
      if (input.PasswordResetRequired !== undefined) draft.login.resetRequired = input.PasswordResetRequired;
      if (input.Password === undefined) return;
      draft.login.hash = hash(input.Password, draft.login.salt);
      draft.login.changed = stamp(context);
    });
    return {};
  },

  DeleteLoginProfile({ UserName }, context) {
    const name = userName(UserName, context);
    shown(find("user", name, context));
    change("user", name, context, (draft) => {
      delete draft.login;
    });
    return {};
  },

  ChangePassword({ OldPassword, NewPassword }, context) {
    const user = find("user", userName(undefined, context), context);
    const { login } = user;
    if (!login) throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
    if (!timingSafeEqual(Buffer.from(hash(OldPassword, login.salt)), Buffer.from(login.hash))) {
      throw new AwsError("AccessDenied", "The old password was incorrect.", { status: 403 });
    }
    checkPassword(NewPassword, context);
    change("user", user.name, context, (draft) => {
      if (!draft.login) return;
      draft.login.hash = hash(NewPassword, draft.login.salt);
      draft.login.resetRequired = false;
      draft.login.changed = stamp(context);
    });
    return {};
  },

  GetAccountPasswordPolicy(_input, context) {
    const policy = settings(context).get("account")?.passwordPolicy;
    if (!policy) {
      throw noSuchEntity(`The Password Policy with domain name ${context.account} cannot be found.`);
    }
    return { PasswordPolicy: { ...policy, ExpirePasswords: policy.MaxPasswordAge !== undefined } };
  },

  UpdateAccountPasswordPolicy(input, context) {
    const policy: PasswordPolicy = {
      MinimumPasswordLength: input.MinimumPasswordLength ?? 6,
      RequireSymbols: input.RequireSymbols ?? false,
      RequireNumbers: input.RequireNumbers ?? false,
      RequireUppercaseCharacters: input.RequireUppercaseCharacters ?? false,
      RequireLowercaseCharacters: input.RequireLowercaseCharacters ?? false,
      AllowUsersToChangePassword: input.AllowUsersToChangePassword ?? false,
      ...(input.MaxPasswordAge && { MaxPasswordAge: input.MaxPasswordAge }),
      ...(input.PasswordReusePrevention && { PasswordReusePrevention: input.PasswordReusePrevention }),
      ...(input.HardExpiry !== undefined && { HardExpiry: input.HardExpiry }),
    };
    settings(context).put("account", { ...settings(context).get("account"), passwordPolicy: policy });
    return {};
  },

  DeleteAccountPasswordPolicy(_input, context) {
    const account = settings(context).get("account");
    if (!account?.passwordPolicy) {
      throw noSuchEntity("The account policy with name PasswordPolicy cannot be found.");
    }
    const { passwordPolicy: _, ...rest } = account;
    settings(context).put("account", rest);
    return {};
  },
};
