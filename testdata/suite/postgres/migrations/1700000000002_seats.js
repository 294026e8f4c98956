exports.up = (pgm) => {
  pgm.addConstraint("pgm_rooms", "seats_are_positive", { check: "seats > 0" });
  pgm.createIndex("pgm_rooms", "name", { unique: true });
};
