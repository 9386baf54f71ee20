/**
 * The local certificate authority: made on first start and kept in the state folder, it vouches for the gateway under
 * whatever host name a client uses, real AWS names included. Its key never leaves the folder.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { type Issuer, issueCertificate } from "./certificate.ts";

const commonName = "Sagekeep local cloud CA";
const mostLeaves = 1000;

/** Files of the authority in its folder. */
const files = { certificate: "ca.pem", key: "ca.key", bundle: "ca-bundle.pem" } as const;

export class Authority {
  /** The CA's certificate alone (PEM file). */
  readonly certificatePath: string;
  /** The CA's certificate with the public ones, for clients whose bundle this replaces (`AWS_CA_BUNDLE`). */
  readonly bundlePath: string;
  readonly #issuer: Issuer;
  readonly #temporary: string | undefined;
  readonly #leaves = new Map<string, SecureContext>();
  #leafKey: { publicKey: KeyObject; pem: string } | undefined;

  /** @param folder state folder. @default a temporary one, removed by `close` */
  constructor(folder?: string) {
    this.#temporary = folder === undefined ? mkdtempSync(join(tmpdir(), "sagekeep-ca-")) : undefined;
    const home = folder ?? (this.#temporary as string);
    this.certificatePath = join(home, files.certificate);
    this.bundlePath = join(home, files.bundle);
    this.#issuer = load(this.certificatePath, join(home, files.key)) ?? this.#make(join(home, files.key));
    if (!existsSync(this.bundlePath)) {
      writeFileSync(
        this.bundlePath,
        `${readFileSync(this.certificatePath, "utf8")}${rootCertificates.join("\n")}\n`,
      );
    }
  }

  #make(keyPath: string): Issuer {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const issuer = { commonName, privateKey, publicKey };
    const certificate = issueCertificate(issuer, { commonName, publicKey, days: 3650, now: new Date() });
    writeFileSync(keyPath, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    writeFileSync(this.certificatePath, certificate);
    rmSync(this.bundlePath, { force: true });
    return issuer;
  }

  /** TLS context for a host name, issued on first use. */
  contextFor(host: string): SecureContext {
    const name = host.toLowerCase();
    const known = this.#leaves.get(name);
    if (known) return known;
    const context = createSecureContext(this.leafFor(name));
    if (this.#leaves.size >= mostLeaves) this.#leaves.clear();
    this.#leaves.set(name, context);
    return context;
  }

  /** Key and certificate (PEM) for a host name; loopback's names are always in it, for clients that name no host. */
  leafFor(host: string): { key: string; cert: string } {
    const name = /^[a-z0-9_.-]{1,253}$/.test(host) ? host : "localhost";
    this.#leafKey ??= newKey();
    const { publicKey, pem } = this.#leafKey;
    const hosts = [...new Set([name, "localhost", "*.localhost", "127.0.0.1", "::1"])];
    const request = { commonName: name, publicKey, hosts, days: 397, now: new Date() };
    return { key: pem, cert: issueCertificate(this.#issuer, request) };
  }

  /** Removes the folder of an authority without a state folder. */
  close(): void {
    if (this.#temporary) rmSync(this.#temporary, { recursive: true, force: true });
  }
}

function newKey() {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { publicKey, pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

/** The kept authority, unless it is missing, damaged, or near its end. */
function load(certificatePath: string, keyPath: string): Issuer | undefined {
  if (!existsSync(certificatePath) || !existsSync(keyPath)) return undefined;
  try {
    const certificate = new X509Certificate(readFileSync(certificatePath));
    const privateKey = createPrivateKey(readFileSync(keyPath));
    if (!certificate.checkPrivateKey(privateKey)) return undefined;
    if (new Date(certificate.validTo).getTime() < Date.now() + 30 * 86_400_000) return undefined;
    return { commonName, privateKey, publicKey: createPublicKey(privateKey) };
  } catch {
    return undefined;
  }
}
