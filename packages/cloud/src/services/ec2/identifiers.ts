/** Ids as EC2 makes them: a prefix and seventeen hexadecimal digits, the first a zero. */
import { randomBytes, randomInt } from "node:crypto";

export const newId = (prefix: string): string => `${prefix}-0${randomBytes(8).toString("hex")}`;

/** A locally administered MAC address. */
export const newMac = (): string =>
  `0e:${[...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, "0")).join(":")}`;

/** A public address out of 198.18.0.0/15, the block kept for tests: nobody else's address. */
export const newPublicIp = (): string => `198.${18 + randomInt(2)}.${randomInt(256)}.${randomInt(1, 255)}`;
