# SPDX-License-Identifier: Apache-2.0
# Habits over CMakeLists.txt, which is the one list of what is built.
PREFIX ?= /usr/local
SECONDS ?= 60
DB ?= sqlite
export DB
SEED ?= 1
NODES ?= 100
FUZZ_SEED ?= 0
CMAKE = cmake -G Ninja -S .

all: build/build.ninja
	ninja -C build

# The two commands of the README: each does all set-up itself.
demo: $(if $(filter postgres,$(DB)),setup-postgres,setup) all
	scripts/demo

test: setup-test all build-asan/build.ninja build-tsan/build.ninja
	ninja -C build-asan
	ctest --test-dir build-asan --output-on-failure -j2 -E '^docs_examples$$'
	ninja -C build-tsan zt examples/c/all $(patsubst %,tests/in/%/all,os service http stack zts)
	ctest --test-dir build-tsan --output-on-failure -j2 -R '^(unit_(os|service|http)_|http_(consoles|refusals)|stack_|zts_)'
	ctest --test-dir build --output-on-failure -j2 \
		-R '^(zts_valgrind|docs_examples|vectors_corrupted|cmd_crash_sqlite|cmd_tools)$$'
	tests/e2e/run build

setup:
	@scripts/setup
setup-%:
	@scripts/setup $*

# Before each commit: format, layers, purity, symbols, both compilers, units, a hundred seeds.
check: setup-test all build-clang/build.ninja
	tests/tidy/format
	tests/tidy/layers.py
	tests/tidy/headers
	tests/tidy/citations
	tests/tidy/purity build/libzt_core.a
	tests/tidy/symbols build/libzt.so
	ninja -C build-clang
	ctest --test-dir build --output-on-failure -j2 -R '^(unit_|vectors$$)'
	build/sim --nodes 12 --seeds 1-100 --twice

sim: all
	build/sim --nodes $(NODES) --seed $(SEED) --twice

fuzz: setup-test build-fuzz/build.ninja
	ninja -C build-fuzz fuzz_targets
	tests/fuzz/run build-fuzz $(SECONDS) $(FUZZ_SEED)

interop: setup-interop all
	tests/interop/hosting build > build/hosting.log 2>&1 & hosting=$$!; \
	tests/interop/run build; status=$$?; \
	wait $$hosting || status=1; cat build/hosting.log; exit $$status

bench: setup-test all
	tests/bench/run build

# Debian packages of the library and of zt, in build-deb; then their life on a system, in a copy of this one.
deb: setup-test
	scripts/deb
	tests/packaging/run build-deb

# The API reference as web pages, in build/reference/html.
docs: setup-test build/build.ninja
	ninja -C build reference

install: all
	cmake --install build --prefix $(PREFIX)

clean:
	rm -rf build build-asan build-tsan build-clang build-fuzz build-deb

build/build.ninja:
	$(CMAKE) -B build -DZT_TESTS=ON
build-asan/build.ninja:
	$(CMAKE) -B build-asan -DZT_TESTS=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo -DZT_SANITIZE=address,undefined
build-tsan/build.ninja:
	$(CMAKE) -B build-tsan -DZT_TESTS=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo -DZT_SANITIZE=thread
build-clang/build.ninja:
	CC=clang $(CMAKE) -B build-clang -DZT_TESTS=ON -DCMAKE_BUILD_TYPE=Debug
build-fuzz/build.ninja:
	CC=clang $(CMAKE) -B build-fuzz -DZT_TESTS=ON -DZT_FUZZ=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo \
	    -DZT_SANITIZE=address,undefined

.PHONY: all demo test setup check sim fuzz interop docs bench deb install clean
