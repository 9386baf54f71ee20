import type { Readable } from "node:stream";
import type * as Iam from "@aws-sdk/client-iam";
import type * as S3 from "@aws-sdk/client-s3";
import { describe, expect, expectTypeOf, it } from "vitest";
import { AwsError } from "./errors.ts";
import type { Handlers, InputBody, InputOf, ResultOf } from "./types.ts";

interface Ctx {
  account: string;
}

describe("handler types", () => {
  it("follow the SDK's commands", async () => {
    const handlers: Handlers<typeof Iam, Ctx> = {
      GetRole({ RoleName }, context) {
        expectTypeOf(RoleName).toEqualTypeOf<string>();
        expectTypeOf(context.account).toEqualTypeOf<string>();
        throw new AwsError("NoSuchEntityException", `The role with name ${RoleName} cannot be found.`);
      },
      // @ts-expect-error a wrong member type is refused
      GetUser: () => ({ User: { UserName: 3 } }),
      ListRoles: ({ Marker }) => {
        expectTypeOf(Marker).toEqualTypeOf<string | undefined>();
        return { Roles: [] };
      },
    };
    expect(Object.keys(handlers)).toHaveLength(3);
    expect(() => handlers.GetRole?.({ RoleName: "r" }, { account: "1" })).toThrow(/cannot be found/);
    // @ts-expect-error no such operation
    const wrong: Handlers<typeof Iam, Ctx> = { GetRol: () => ({}) };
    expect(wrong).toBeDefined();
  });

  it("give streaming members our own body types", () => {
    expectTypeOf<InputOf<typeof S3.PutObjectCommand>["Body"]>().toEqualTypeOf<InputBody | undefined>();
    expectTypeOf<InputOf<typeof S3.PutObjectCommand>["Key"]>().toEqualTypeOf<string>();
    type Got = NonNullable<ResultOf<typeof S3.GetObjectCommand>["Body"]>;
    expectTypeOf<Readable>().toExtend<Got>();
    expectTypeOf<string>().toExtend<Got>();
    expectTypeOf<ResultOf<typeof S3.GetObjectCommand>["ContentLength"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<ResultOf<typeof S3.GetObjectCommand>>().not.toHaveProperty("$metadata");
  });
});
