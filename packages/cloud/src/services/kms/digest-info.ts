/** The DER prefix of a digest in an RSASSA-PKCS1-v1_5 signature (RFC 8017, section 9.2). */
const PREFIXES: Record<string, string> = {
  sha256: "3031300d060960864801650304020105000420",
  sha384: "3041300d060960864801650304020205000430",
  sha512: "3051300d060960864801650304020305000440",
};

export function digestPrefix(hash: string): Buffer {
  const prefix = PREFIXES[hash];
  if (!prefix) throw new TypeError(`no digest prefix for ${hash}`);
  return Buffer.from(prefix, "hex");
}
