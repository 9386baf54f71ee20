/** What is read before lab 1. */
import { addresses, identityFlow, network, roads } from "./diagrams.ts";

export const introduction = `
A SageMaker domain is a set of user profiles with a file system, a network and a default role. Everything this lab does is
about four questions, in the order in which an administrator meets them:

1. **Who may open Studio, and from where?** (1.1 to 1.6)
2. **What may they do once they are inside, and what does the network alone decide?** (1.7 to 1.17)
3. **What do their jobs bring with them?** A job has a role, a network and a machine of its own. (1.18 to 1.21)
4. **How do you see what happened, and does it fit?** (1.22 to 1.26)

You play on the platform of your folder: one VPC without internet, a domain \`bank\` with a data scientist
(\`user1-data-scientist\`, team a) and an MLOps engineer (\`user2-mlops\`, team b), and a domain \`research\` that must stay
apart. On the local cloud nothing costs anything and everything is undone.

## The network
${network}

Interface endpoints are network cards of AWS services in your subnets; S3's gateway endpoint is a route. What has neither
has no path.

## The way in
${identityFlow}

The session that comes out of the last arrow is the **execution role's**. From then on nobody asks who the person was,
unless the domain puts the profile's name on the session as *source identity* (lab 3).

## Three ways a request can end
${roads}

Learn to tell them apart by their speed: a policy answers at once, a missing path never does.

## Where addresses go
${addresses}

## If you know older material
Studio Classic, its shared apps and the user's *KernelGateway* are gone: today a user has **spaces** (private or shared) that
run JupyterLab or Code Editor, and the endpoint to open Studio privately is \`aws.sagemaker.REGION.studio\`, where older
templates have \`notebook\`. Condition keys such as \`sagemaker:VolumeKmsKey\` were replaced by ones that hold ARNs. Where this lab
says something else than an older workshop, this is why.

Each step explains, then you run its commands (from inside the lab's folder) or let \`sagekeep lab check\` run them, then you read what it means. Steps with
a file begin wrong: your file decides, and any correct one passes.
`;
