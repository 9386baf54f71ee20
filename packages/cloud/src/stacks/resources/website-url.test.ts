import { expect, it } from "vitest";
import { websiteUrl } from "./website-url.ts";

it.each([
  ["us-east-1", "http://pages.s3-website-us-east-1.amazonaws.com"],
  ["eu-central-1", "http://pages.s3-website.eu-central-1.amazonaws.com"],
])("a website in %s is at %s", (region, url) => expect(websiteUrl("pages", region)).toBe(url));
