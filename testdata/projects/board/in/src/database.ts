import mysql from "mysql2/promise";
import type { ResultSetHeader, RowDataPacket } from "mysql2";
import { config } from "./config.js";

export const pool = mysql.createPool({
  host: config.MYSQL_HOST,
  port: config.MYSQL_PORT,
  user: config.MYSQL_USER,
  password: config.MYSQL_PASSWORD,
  database: config.MYSQL_DATABASE,
  connectionLimit: 4,
});

export interface Note {
  id: number;
  author: string;
  text: string;
  likes: number;
}

type NoteRow = Note & RowDataPacket;

export async function listNotes(search?: string): Promise<Note[]> {
  const [rows] = search
    ? await pool.execute<NoteRow[]>("SELECT id, author, text, likes FROM notes WHERE text LIKE ? ORDER BY id", [`%${search}%`])
    : await pool.query<NoteRow[]>("SELECT id, author, text, likes FROM notes ORDER BY id");
  return rows;
}

export async function addNote(author: string, text: string): Promise<Note> {
  const [result] = await pool.execute<ResultSetHeader>("INSERT INTO notes (author, text) VALUES (?, ?)", [author, text]);
  return { id: result.insertId, author, text, likes: 0 };
}

export async function likeNote(id: number): Promise<number | undefined> {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const [result] = await connection.execute<ResultSetHeader>("UPDATE notes SET likes = likes + 1 WHERE id = ?", [id]);
    if (result.affectedRows === 0) {
      await connection.rollback();
      return undefined;
    }
    const [rows] = await connection.execute<NoteRow[]>("SELECT likes FROM notes WHERE id = ?", [id]);
    await connection.commit();
    return rows[0]?.likes;
  } finally {
    connection.release();
  }
}
