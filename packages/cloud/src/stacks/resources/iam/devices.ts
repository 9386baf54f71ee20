/** IAM's virtual MFA devices. */
import { TOTP_STEP, totp } from "../../../identity/totp.ts";
import { ResourceFailure } from "../../engine/failure.ts";
import { declared, list } from "../declared.ts";
import { listChanges } from "../ec2/shared.ts";
import { calling, type HandlerTable, type ResourceHandler, type ResourceRequest, text } from "../handler.ts";
import { named } from "../naming.ts";
import { keyValues, tagList } from "../tags.ts";

const service = "iam";

/** Enables the new device for the users with two codes of it: only now is its seed known. */
async function enable(r: ResourceRequest, users: readonly string[], serial: string, seed: string) {
  for (const UserName of users) {
    await r.call(service, "EnableMFADevice", {
      UserName,
      SerialNumber: serial,
      AuthenticationCode1: totp(seed, r.now() - TOTP_STEP),
      AuthenticationCode2: totp(seed, r.now()),
    });
  }
}

/** Takes the device from the one of these users that has it. */
async function deactivate(r: ResourceRequest, users: readonly string[], SerialNumber: string) {
  const { UserName } = await r.read(service, "GetMFADevice", { SerialNumber });
  if (users.includes(UserName)) await r.call(service, "DeactivateMFADevice", { UserName, SerialNumber });
}

const described = declared({
  service,
  create: {
    op: "CreateVirtualMFADevice",
    input: ({ p, r }) => ({
      VirtualMFADeviceName: p.VirtualMfaDeviceName,
      Path: p.Path,
      Tags: tagList(p, r),
    }),
  },
  id: (output) => output.VirtualMFADevice.SerialNumber,
  steps: [
    {
      of: ["Users"],
      updateOnly: true,
      run: async ({ p, old, id, r }) => {
        const [added, gone] = listChanges(old?.Users, p.Users);
        // a device's seed is shown once, so nobody can be given it later
        if (added.length > 0) {
          throw new ResourceFailure(
            "Adding Users to an AWS::IAM::VirtualMFADevice is not supported by the Sagekeep local cloud",
          );
        }
        await deactivate(r, gone.map(text), id);
      },
    },
  ],
  attributes: (_, { id }) => ({ SerialNumber: id }),
  delete: { op: "DeleteVirtualMFADevice", input: ({ id }) => ({ SerialNumber: id }) },
  nameProperty: "VirtualMfaDeviceName",
  tags: {
    put: ({ id, r }, tags) => r.call(service, "TagMFADevice", { SerialNumber: id, Tags: keyValues(tags) }),
    remove: ({ id, r }, TagKeys) => r.call(service, "UntagMFADevice", { SerialNumber: id, TagKeys }),
  },
});

const device: ResourceHandler = {
  ...described,
  async create(p, r) {
    const users = list(p.Users).map(text);
    let seed = "";
    const watching = calling(r, async (of, operation, input, region) => {
      const output = await r.call(of, operation, input, region);
      if (operation === "CreateVirtualMFADevice") {
        seed = Buffer.from(output.VirtualMFADevice.Base32StringSeed).toString();
      }
      return output;
    });
    const made = await described.create(p, watching);
    await enable(r, users, made.physicalId, seed);
    return made;
  },
  async delete(physical, r) {
    await deactivate(r, list(physical.properties.Users).map(text), physical.physicalId);
    await described.delete(physical, r);
  },
};

export const deviceTypes: HandlerTable = {
  "AWS::IAM::VirtualMFADevice": named(device, "VirtualMfaDeviceName", 128),
};
