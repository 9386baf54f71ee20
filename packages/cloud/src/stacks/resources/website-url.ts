/** Regions whose website endpoints join the region with a dash; later ones with a dot. */
const DASHED = [
  "us-east-1",
  "us-west-1",
  "us-west-2",
  "eu-west-1",
  "ap-northeast-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "sa-east-1",
  "us-gov-west-1",
];

/** Where a bucket's website is. https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints */
export const websiteUrl = (bucket: string, region: string): string =>
  `http://${bucket}.s3-website${DASHED.includes(region) ? "-" : "."}${region}.amazonaws.com`;
