/** The version of memcached whose behaviour this is, and that clients are told. */
export const VERSION = "1.6.18";
