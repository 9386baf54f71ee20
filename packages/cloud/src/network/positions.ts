/** The open positions of a running cloud, and the control routes by which a command opens and closes them. */
import type { Control } from "../gateway/control.ts";
import type { GatewayParts } from "../gateway/server.ts";
import { openPosition, type Position, type PositionOptions } from "./position.ts";

/** What is asked for; account and region are the cloud's unless said. */
export type PositionRequest = Omit<PositionOptions, "account" | "region"> &
  Partial<Pick<PositionOptions, "account" | "region">>;

export class Positions {
  readonly #parts: GatewayParts;
  readonly #home: { account: string; region: string };
  readonly #open = new Map<number, Position>();

  constructor(parts: GatewayParts, home: { account: string; region: string }) {
    this.#parts = parts;
    this.#home = home;
  }

  /** @throws Error when there is no such interface, PortInUseError when its port is taken */
  async open(request: PositionRequest): Promise<Position> {
    const position = await openPosition(this.#parts, { ...this.#home, ...request });
    this.#open.set(position.port, position);
    return {
      ...position,
      close: async () => {
        if (this.#open.delete(position.port)) await position.close();
      },
    };
  }

  list(): Position[] {
    return [...this.#open.values()];
  }

  async closeAll(): Promise<void> {
    const open = this.list();
    this.#open.clear();
    await Promise.all(open.map((one) => one.close()));
  }

  /**
   * `POST /_sagekeep/positions` `{networkInterfaceId, account?, region?, port?, connectTimeoutSeconds?, allowInternet?}`
   * opens one and answers `{networkInterfaceId, port, url}`; `GET` lists them; `DELETE …?port=N` closes one.
   */
  mount(control: Control): void {
    const view = ({ networkInterfaceId, port, url }: Position) => ({ networkInterfaceId, port, url });
    control.route("GET /_sagekeep/positions", () => ({
      status: 200,
      body: { positions: this.list().map(view) },
    }));
    control.route("POST /_sagekeep/positions", async ({ body }) => ({
      status: 200,
      body: view(await this.open(requestFrom(JSON.parse(await body())))),
    }));
    control.route("DELETE /_sagekeep/positions", async ({ query }) => {
      const position = this.#open.get(Number(query.get("port")));
      if (!position) return { status: 404, body: { error: "no position is open at this port" } };
      this.#open.delete(position.port);
      await position.close();
      return { status: 200, body: { closed: position.port } };
    });
  }
}

/** @throws Error naming the member that is wrong */
function requestFrom(input: unknown): PositionRequest {
  if (typeof input !== "object" || input === null) throw new Error("the body must be a JSON object");
  const given = input as Record<string, unknown>;
  const text = (name: string): string | undefined => {
    const value = given[name];
    if (value === undefined || typeof value === "string") return value;
    throw new Error(`\`${name}\` must be a string`);
  };
  const number = (name: string): number | undefined => {
    const value = given[name];
    if (value === undefined || (typeof value === "number" && value >= 0)) return value;
    throw new Error(`\`${name}\` must be a number of at least 0`);
  };
  const networkInterfaceId = text("networkInterfaceId");
  if (!networkInterfaceId) throw new Error("`networkInterfaceId` is missing");
  const [account, region, port] = [text("account"), text("region"), number("port")];
  const seconds = number("connectTimeoutSeconds");
  return {
    networkInterfaceId,
    ...(account && { account }),
    ...(region && { region }),
    ...(port && { port }),
    ...(seconds !== undefined && { connectTimeout: seconds * 1000 }),
    allowInternet: given.allowInternet === true,
  };
}
