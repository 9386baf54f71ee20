/** IAM server certificates. */
import { declared, pick } from "../declared.ts";
import { type HandlerTable, text } from "../handler.ts";
import { keyValues, tagList } from "../tags.ts";

const service = "iam";

export const certificateTypes: HandlerTable = {
  "AWS::IAM::ServerCertificate": declared({
    service,
    create: {
      op: "UploadServerCertificate",
      input: ({ p, r }) => ({
        ServerCertificateName: text(p.ServerCertificateName) || r.generatedName(128),
        ...pick(p, "Path", "CertificateBody", "PrivateKey", "CertificateChain"),
        Tags: tagList(p, r),
      }),
    },
    id: (output) => output.ServerCertificateMetadata.ServerCertificateName,
    steps: [
      {
        of: ["Path"],
        updateOnly: true,
        op: "UpdateServerCertificate",
        input: ({ id, p }) => ({ ServerCertificateName: id, NewPath: p.Path ?? "/" }),
      },
    ],
    describe: {
      op: "GetServerCertificate",
      input: ({ id }) => ({ ServerCertificateName: id }),
      pick: (output) => output.ServerCertificate.ServerCertificateMetadata,
    },
    attributes: (one) => pick(one, "Arn"),
    delete: { op: "DeleteServerCertificate", input: ({ id }) => ({ ServerCertificateName: id }) },
    nameProperty: "ServerCertificateName",
    tags: {
      put: ({ id, r }, tags) =>
        r.call(service, "TagServerCertificate", { ServerCertificateName: id, Tags: keyValues(tags) }),
      remove: ({ id, r }, TagKeys) =>
        r.call(service, "UntagServerCertificate", { ServerCertificateName: id, TagKeys }),
    },
  }),
};
