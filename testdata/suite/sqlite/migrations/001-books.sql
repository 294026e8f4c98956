-- Up
CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, year INTEGER);
INSERT INTO books (title, year) VALUES ('Emma', 1815), ('Dune', 1965);

-- Down
DROP TABLE books;
