CREATE TABLE products (
  id serial PRIMARY KEY,
  name text NOT NULL UNIQUE,
  price_cents integer NOT NULL CHECK (price_cents >= 0),
  stock integer NOT NULL DEFAULT 0
);

INSERT INTO products (name, price_cents, stock) VALUES
  ('Coffee mug', 1290, 12),
  ('Notebook', 550, 40),
  ('Desk lamp', 3995, 3);

CREATE TABLE orders (
  id serial PRIMARY KEY,
  customer text NOT NULL,
  total_cents integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_lines (
  order_id integer NOT NULL REFERENCES orders (id),
  product_id integer NOT NULL REFERENCES products (id),
  quantity integer NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (order_id, product_id)
);
