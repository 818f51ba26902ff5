// Runs before each test file of those that are run again on PostgreSQL: where there is none, they say why they are skipped.
import { beforeEach } from "vitest";

const reason = process.env.MILLRACE_TEST_POSTGRES_SKIPPED;

beforeEach(({ skip }) => skip(reason !== undefined, reason));
