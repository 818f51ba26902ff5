/** The logger of the lines in which the engine announces a retry; the view tells retries itself, from what it sights. */
export const retriesLogger = "millrace.retries";
