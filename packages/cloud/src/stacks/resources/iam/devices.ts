/** IAM's virtual MFA devices. */
import { ResourceFailure } from "../../engine/failure.ts";
import { declared, list } from "../declared.ts";
import { listChanges } from "../ec2/shared.ts";
import type { HandlerTable } from "../handler.ts";
import { named } from "../naming.ts";
import { keyValues, tagList } from "../tags.ts";

const service = "iam";

export const deviceTypes: HandlerTable = {
  "AWS::IAM::VirtualMFADevice": named(
    declared({
      service,
      create: {
        op: "CreateVirtualMFADevice",
        input: ({ p, r }) => {
          // enabling a device takes two codes of it, which a template does not have
          if (list(p.Users).length > 0) {
            throw new ResourceFailure(
              "Users of AWS::IAM::VirtualMFADevice is not supported by the Sagekeep local cloud",
            );
          }
          return {
            VirtualMFADeviceName: p.VirtualMfaDeviceName,
            Path: p.Path,
            Tags: tagList(p, r),
          };
        },
      },
      id: (output) => output.VirtualMFADevice.SerialNumber,
      steps: [
        {
          of: ["Users"],
          updateOnly: true,
          run: async ({ p, old }) => {
            if (listChanges(old?.Users, p.Users)[0].length > 0) {
              throw new ResourceFailure(
                "Users of AWS::IAM::VirtualMFADevice is not supported by the Sagekeep local cloud",
              );
            }
          },
        },
      ],
      attributes: (_, { id }) => ({ SerialNumber: id }),
      delete: { op: "DeleteVirtualMFADevice", input: ({ id }) => ({ SerialNumber: id }) },
      nameProperty: "VirtualMfaDeviceName",
      tags: {
        put: ({ id, r }, tags) =>
          r.call(service, "TagMFADevice", { SerialNumber: id, Tags: keyValues(tags) }),
        remove: ({ id, r }, TagKeys) => r.call(service, "UntagMFADevice", { SerialNumber: id, TagKeys }),
      },
    }),
    "VirtualMfaDeviceName",
    128,
  ),
};
