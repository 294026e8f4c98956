/** The version of RabbitMQ whose behaviour this is, and that clients are told. */
export const VERSION = "3.10.8";
