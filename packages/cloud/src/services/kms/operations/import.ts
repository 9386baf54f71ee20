/** Imported key material. https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys.html */
import {
  constants,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  randomBytes,
} from "node:crypto";
import type * as Kms from "@aws-sdk/client-kms";
import type { CallContext } from "../../../context.ts";
import { masterKey, seal, unseal } from "../../../store/master-key.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { unsupported, validation } from "../errors.ts";
import { HMAC_BYTES, rsaPair, sealed } from "../material.ts";
import { importTokens, type Key, keyArn } from "../state.ts";
import { checkNotDeleting } from "../usable.ts";
import { changeable, update } from "./keys.ts";

const DAY = 86_400_000;
const PURPOSE = "kms-import";

function external(identifier: string, context: CallContext): Readonly<Key> {
  const key = changeable(identifier, context);
  if (key.origin !== "EXTERNAL") {
    throw unsupported(`${keyArn(key)} origin is ${key.origin} which is not valid for this operation.`);
  }
  checkNotDeleting(key);
  return key;
}

function unwrap(algorithm: string, wrapping: Buffer, wrapped: Buffer): Buffer {
  const key = createPrivateKey({ key: wrapping, format: "der", type: "pkcs8" });
  const oaep = (oaepHash: string, data: Buffer) =>
    privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, data);
  switch (algorithm) {
    case "RSAES_OAEP_SHA_1":
      return oaep("sha1", wrapped);
    case "RSAES_OAEP_SHA_256":
      return oaep("sha256", wrapped);
    case "RSA_AES_KEY_WRAP_SHA_1":
    case "RSA_AES_KEY_WRAP_SHA_256": {
      const size = (key.asymmetricKeyDetails?.modulusLength as number) / 8;
      const aes = oaep(algorithm.endsWith("_1") ? "sha1" : "sha256", wrapped.subarray(0, size));
      const decipher = createDecipheriv("id-aes256-wrap-pad", aes, Buffer.from("a65959a6", "hex"));
      return Buffer.concat([decipher.update(wrapped.subarray(size)), decipher.final()]);
    }
    default:
      throw unsupported(`The wrapping algorithm ${algorithm} is not supported by the Sagekeep local cloud`);
  }
}

/** Recognises material that was imported before, without keeping it. */
function fingerprintOf(secret: Buffer, context: CallContext): string {
  return createHmac("sha256", masterKey(context.store, PURPOSE)).update(secret).digest("hex");
}

/** @throws IncorrectKeyMaterialException unless these bytes fit the key spec; gives the public half where there is one */
function publicHalf(key: Readonly<Key>, secret: Buffer): Buffer | undefined {
  const wrong = () =>
    new AwsError(
      "IncorrectKeyMaterialException",
      `The key material is not valid for the key spec ${key.spec}.`,
    );
  if (key.spec === "SYMMETRIC_DEFAULT" || key.spec.startsWith("HMAC_")) {
    if (secret.length !== (HMAC_BYTES[key.spec] ?? 32)) throw wrong();
    return undefined;
  }
  try {
    const made = createPrivateKey({ key: secret, format: "der", type: "pkcs8" });
    return createPublicKey(made).export({ format: "der", type: "spki" });
  } catch {
    throw wrong();
  }
}

export const importOperations: Handlers<typeof Kms, CallContext> = {
  async GetParametersForImport(input, context) {
    const key = external(input.KeyId, context);
    const { WrappingKeySpec, WrappingAlgorithm } = input;
    if (
      WrappingKeySpec === "SM2" ||
      WrappingAlgorithm === "SM2PKE" ||
      WrappingAlgorithm === "RSAES_PKCS1_V1_5"
    ) {
      throw unsupported(
        `${WrappingAlgorithm} with ${WrappingKeySpec} is not supported by the Sagekeep local cloud`,
      );
    }
    const { privateKey, publicKey } = await rsaPair(Number(WrappingKeySpec.slice(4)));
    const ImportToken = randomBytes(256);
    const expires = context.now + DAY;
    importTokens(context).put(key.id, {
      keyId: key.id,
      token: ImportToken.toString("base64"),
      sealed: seal(
        masterKey(context.store, PURPOSE),
        privateKey.export({ format: "der", type: "pkcs8" }),
        key.id,
      ),
      algorithm: WrappingAlgorithm,
      expires,
    });
    return {
      KeyId: keyArn(key),
      ImportToken,
      PublicKey: publicKey.export({ format: "der", type: "spki" }),
      ParametersValidTo: new Date(expires),
    };
  },

  ImportKeyMaterial(input, context) {
    const key = external(input.KeyId, context);
    if (input.ImportType === "NEW_KEY_MATERIAL" && key.materials.length > 0) {
      throw unsupported("Importing further key material is not supported by the Sagekeep local cloud");
    }
    const model = input.ExpirationModel ?? "KEY_MATERIAL_EXPIRES";
    if (model === "KEY_MATERIAL_EXPIRES" && !input.ValidTo) {
      throw validation("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
    }
    if (model === "KEY_MATERIAL_DOES_NOT_EXPIRE" && input.ValidTo) {
      throw validation("A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE");
    }
    if (input.ValidTo && input.ValidTo.getTime() <= context.now)
      throw validation("The validTo date must be in the future");
    const known = importTokens(context).get(key.id);
    if (!known || known.token !== Buffer.from(input.ImportToken).toString("base64")) {
      throw new AwsError("InvalidImportTokenException", "");
    }
    if (known.expires <= context.now) throw new AwsError("ExpiredImportTokenException", "");
    const wrapping = unseal(masterKey(context.store, PURPOSE), known.sealed, key.id);
    let secret: Buffer;
    try {
      secret = unwrap(known.algorithm, wrapping, Buffer.from(input.EncryptedKeyMaterial));
    } catch (error) {
      if (error instanceof AwsError) throw error;
      throw new AwsError("InvalidCiphertextException", "", { cause: error });
    }
    const half = publicHalf(key, secret);
    const [before] = key.materials;
    const fingerprint = fingerprintOf(secret, context);
    if (before && before.fingerprint !== fingerprint) {
      throw new AwsError(
        "IncorrectKeyMaterialException",
        "The key material in the request does not match the key material that was previously imported into this KMS key.",
      );
    }
    // the same material keeps its id, so that what it encrypted decrypts again
    const material = sealed(context, key.id, secret, context.now, "imported", before?.id);
    const made = update(key, context, (draft) => {
      draft.materials = [
        { ...material, fingerprint, ...(input.ValidTo && { expires: input.ValidTo.getTime() }) },
      ];
      draft.expirationModel = model;
      if (draft.state === "PendingImport") draft.state = "Enabled";
      if (half) draft.publicKey = half.toString("base64");
    });
    return { KeyId: keyArn(key), KeyMaterialId: made.materials[0]?.id };
  },

  DeleteImportedKeyMaterial(input, context) {
    const key = external(input.KeyId, context);
    const KeyMaterialId = key.materials[0]?.id;
    update(key, context, (draft) => {
      for (const one of draft.materials) delete one.sealed;
      if (draft.state === "Enabled" || draft.state === "Disabled") draft.state = "PendingImport";
      delete draft.expirationModel;
    });
    return { KeyId: keyArn(key), ...(KeyMaterialId !== undefined && { KeyMaterialId }) };
  },
};
