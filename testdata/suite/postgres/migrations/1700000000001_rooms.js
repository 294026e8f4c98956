exports.up = (pgm) => {
  pgm.createTable("pgm_rooms", {
    id: "id",
    name: { type: "text", notNull: true },
    seats: { type: "integer", notNull: true, default: 2 },
  });
  pgm.sql("INSERT INTO pgm_rooms (name) VALUES ('small'), ('large')");
};

exports.down = (pgm) => pgm.dropTable("pgm_rooms");
