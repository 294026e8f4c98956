import { z } from "zod";

const schema = z.object({
  PORT: z.coerce.number().default(3001),
  MYSQL_HOST: z.string(),
  MYSQL_PORT: z.coerce.number().default(3306),
  MYSQL_USER: z.string(),
  MYSQL_PASSWORD: z.string().min(1),
  MYSQL_DATABASE: z.string(),
  SESSION_SECRET: z.string().min(8),
  UPLOAD_DIR: z.string().default("./uploads"),
  BOARD_TITLE: z.string().default("Board"),
  APP_VERSION: z.string().default("dev"),
});

export const config = schema.parse(process.env);
