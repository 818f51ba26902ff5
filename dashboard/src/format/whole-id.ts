/** An id as the server writes it; the start of one is none. */
export const wholeId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
