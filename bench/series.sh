#!/bin/sh
# The same as bare commands, one after another, with the curl loop that everybody writes.
set -e
repository=$1 revision=$2 context=$3
docker=${BENCH_DOCKER:-docker}
DOCKER_BUILDKIT=1 $docker build --quiet --tag "$repository:candidate-$revision" "$context" >/dev/null
id=$($docker run --detach --publish 127.0.0.1::8080 "$repository:candidate-$revision")
port=$($docker port "$id" 8080/tcp | sed 's/.*://')
until curl -fsS "http://127.0.0.1:$port/healthz" >/dev/null 2>&1; do sleep 1; done
$docker rm --force "$id" >/dev/null
$docker push --quiet "$repository:candidate-$revision" >/dev/null
$docker tag "$repository:candidate-$revision" "$repository:sha-$revision"
$docker push --quiet "$repository:sha-$revision" >/dev/null
