DROP TABLE IF EXISTS ms_albums, ms_documents;
CREATE TABLE ms_albums (id serial PRIMARY KEY, title text NOT NULL, year int, details jsonb);
INSERT INTO ms_albums (title, year, details) VALUES ('Blue', 1971, '{"tracks": 10}'), ('Kind of Blue', 1959, NULL), ('Horses', 1975, '{"tracks": 8}');
