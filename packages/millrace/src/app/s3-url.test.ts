import { expect, test } from "vitest";
import { parseS3Url } from "./s3-url.ts";

test.each([
  ["s3://bucket", { bucket: "bucket", prefix: "" }],
  ["s3://bucket/", { bucket: "bucket", prefix: "" }],
  ["s3://my.bucket-2/some/prefix//", { bucket: "my.bucket-2", prefix: "some/prefix/" }],
  [
    "s3://bucket/a?endpoint=http://localhost:9000&region=eu-west-1",
    { bucket: "bucket", prefix: "a/", endpoint: "http://localhost:9000", region: "eu-west-1" },
  ],
  ["s3://bucket?region=eu-west-1", { bucket: "bucket", prefix: "", region: "eu-west-1" }],
  [
    "s3://bucket?credentials=aws-credentials/of%20the%20team",
    { bucket: "bucket", prefix: "", credentials: { type: "aws-credentials", name: "of the team" } },
  ],
])("%s is a place", (text, place) => {
  expect(parseS3Url(text)).toEqual(place);
});

test.each([
  "",
  "s3:/bucket",
  "s3://",
  "s3:///prefix",
  "s3://Bucket",
  "s3://bucket?acl=x",
  "s3://b?endpoint=nowhere",
  "/s3://b",
  "s3://b?credentials=prod",
  "s3://b?credentials=secret/prod",
  "s3://b?credentials=aws-credentials/",
])("%j is none", (text) => {
  expect(parseS3Url(text)).toBeNull();
});
