/**
 * ClassicLink, which EC2-Classic took with it: every VPC is still listed, as one that has none. Old clients ask.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcClassicLink.html
 */
import { describe, tagList } from "../kind.ts";
import { vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { VpcRecord } from "../records.ts";

/** They choose by ids and tags, and by whether a VPC has ClassicLink. */
const linked = {
  ...vpcs,
  filters: { "is-classic-link-enabled": (_: Readonly<VpcRecord>) => false },
};

export const classicLinkOperations: Operations = {
  DescribeVpcClassicLink(input, context) {
    const { items } = describe(context, linked, { Filters: input.Filters }, input.VpcIds);
    return {
      Vpcs: items.map(({ id, tags }) => ({ VpcId: id, ClassicLinkEnabled: false, Tags: tagList(tags) })),
    };
  },

  DescribeVpcClassicLinkDnsSupport(input, context) {
    const { items, next } = describe(context, vpcs, input, input.VpcIds, { most: 255, idsName: "vpcIds" });
    return {
      Vpcs: items.map(({ id }) => ({ VpcId: id, ClassicLinkDnsSupported: false })),
      NextToken: next,
    };
  },
};
