/**
 * The container image of the labs' jobs: SageMaker's own scikit-learn image, which every account may pull. The local
 * cloud pulls no images; mapped to a command of this machine (`sagekeep cloud start --local-image IMAGE=COMMAND`) the
 * job runs what its entry point says, with SageMaker's folders, credentials and network position.
 * https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
 */

/** Accounts that hold the image, by Region. */
const OWNERS: Readonly<Record<string, string>> = {
  "us-east-1": "683313688378",
  "us-east-2": "257758044811",
  "us-west-2": "246618743249",
  "eu-west-1": "141502667606",
  "eu-central-1": "492215442770",
};

/** @throws Error for a Region whose registry is not known here */
export function labImage(region: string): string {
  const owner = OWNERS[region];
  if (!owner)
    throw new Error(
      `no image is known for ${region}: the labs are played in ${Object.keys(OWNERS).join(", ")}`,
    );
  return `${owner}.dkr.ecr.${region}.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3`;
}

/** For the local cloud's option `localImages`: the entry point runs as it is, by way of `env`. */
export const labImages = (region: string): Record<string, readonly string[]> => ({
  [labImage(region)]: ["env"],
});
