CREATE TABLE notes (
  id INT AUTO_INCREMENT PRIMARY KEY,
  author VARCHAR(80) NOT NULL,
  text VARCHAR(2000) NOT NULL,
  likes INT NOT NULL DEFAULT 0,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4;

INSERT INTO notes (author, text) VALUES ('Ada', 'Welcome to the board'), ('Grace', 'Ship it — früh & oft ✓');
