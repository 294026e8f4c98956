package mapping

import "github.com/dock2edge/dock2edge/internal/model"

// postgres: Hyperdrive keeps the server and its clients as they are; D1 is another dialect behind another API.
func postgres() *Mapping {
	return &Mapping{
		Name: "postgres", Title: "PostgreSQL", Port: 5432, Protocol: "postgres",
		Images: []string{
			"postgres", "postgis/postgis", "*/postgresql", "*/postgresql-repmgr", "*/postgres", "pgvector/pgvector", "timescale/timescaledb",
			"timescale/timescaledb-ha", "ankane/pgvector", "citusdata/citus", "cockroachdb/cockroach", "paradedb/paradedb", "yugabytedb/yugabyte",
		},
		Programs: []string{"postgres"},
		Packages: []string{"pg", "postgres", "pg-promise", "@prisma/client", "typeorm", "sequelize", "knex", "drizzle-orm", "slonik", "@mikro-orm/postgresql"},
		Options: []Option{
			{
				Target: model.TargetHyperdrive, Offered: true,
				Why:     "the app keeps its driver and its SQL; Hyperdrive pools connections to the same PostgreSQL server, which has to be reachable from Cloudflare",
				Against: "Hyperdrive was not chosen",
			},
			{
				Target:  model.TargetD1,
				Against: "D1 speaks SQLite's dialect through its own API, so neither the driver nor PostgreSQL's SQL would work unmodified",
			},
			external("the app reaches the PostgreSQL server directly over TCP, without Hyperdrive's pooling"),
			container("a database in a container loses its disk when the instance stops, and sleeps with its connections"),
		},
	}
}

func mysql() *Mapping {
	return &Mapping{
		Name: "mysql", Title: "MySQL", Port: 3306, Protocol: "mysql",
		Images:   []string{"mysql", "mariadb", "percona", "percona/percona-server", "*/mysql", "*/mariadb", "*/mysql-server", "*/mariadb-galera", "linuxserver/mariadb"},
		Programs: []string{"mysqld", "mariadbd"},
		Packages: []string{"mysql2", "mysql", "mariadb", "@mikro-orm/mysql"},
		Options: []Option{
			{
				Target: model.TargetHyperdrive, Offered: true,
				Why:     "the app keeps its driver and its SQL; Hyperdrive pools connections to the same MySQL server, which has to be reachable from Cloudflare",
				Against: "Hyperdrive was not chosen",
			},
			{
				Target:  model.TargetD1,
				Against: "D1 speaks SQLite's dialect through its own API, so neither the driver nor MySQL's SQL would work unmodified",
			},
			external("the app reaches the MySQL server directly over TCP, without Hyperdrive's pooling"),
			container("a database in a container loses its disk when the instance stops, and sleeps with its connections"),
		},
	}
}
