package mapping

import "github.com/dock2edge/dock2edge/internal/model"

// devTools are containers that serve the developers, not the app's users.
func devTools() *Mapping {
	return &Mapping{
		Name: "dev-tool", Title: "a development tool",
		Images: []string{
			"adminer", "dpage/pgadmin4", "phpmyadmin", "phpmyadmin/phpmyadmin", "*/phpmyadmin", "mongo-express", "*/mongo-express",
			"rediscommander/redis-commander", "*/redis-commander", "redis/redisinsight", "redislabs/redisinsight", "mailhog/mailhog", "*/mailhog",
			"axllent/mailpit", "*/mailpit", "schickling/mailcatcher", "sj26/mailcatcher", "maildev/maildev", "*/maildev", "dozzle", "amir20/dozzle",
			"containrrr/watchtower", "*/watchtower", "portainer/*", "sosedoff/pgweb", "bytebase/bytebase", "dbeaver/cloudbeaver", "provectuslabs/kafka-ui",
			"sonarqube", "selenium/*", "wiremock/wiremock", "mockserver/mockserver", "smocker/smocker", "stripe/stripe-cli", "ngrok/ngrok", "wernight/ngrok",
			"cypress/*", "mcr.microsoft.com/playwright", "playwright", "tecnativa/docker-socket-proxy", "docker", "busybox", "hello-world",
			"inbucket/inbucket", "rnwood/smtp4dev", "changemakerstudiosus/papercut-smtp", "gaiadocker/iperf3", "alpine",
		},
		Options: []Option{{
			Target: model.TargetDropped, Offered: true,
			Why:     "it serves developers on their own machines and takes no part in answering requests",
			Against: "it could be kept outside",
		}, external("it keeps running where it runs today")},
	}
}
