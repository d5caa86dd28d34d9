#!/bin/sh
# Every night: all that this token may see, as one JSON file. Needs curl and jq.
#
#   MANIFESTO_URL=https://manifesto.example.org MANIFESTO_TOKEN=… ./nightly_export.sh /var/backups/manifesto
#
# The token needs the scope documents:write, and those that read what stands in it: vendors:read, measures:read,
# assessments:read, commitments:read, scorecards:read. Run twice on one day, it downloads once: the request
# carries a key of the day, and the file is asked for by its ETag.
set -eu

folder=${1:-.}
api="$MANIFESTO_URL/api/v1"
day=$(date +%F)
file="$folder/manifesto-$day.json"

call() {
    curl --silent --show-error --fail-with-body --retry 5 --header "Authorization: Bearer $MANIFESTO_TOKEN" "$@"
}

# 1. Ask.
export=$(call --json '{"scope": "everything", "format": "json"}' --header "Idempotency-Key: nightly-$day" \
    "$api/exports" | jq --raw-output .uuid)

# 2. Follow, for ten minutes at most.
tries=0
while :; do
    said=$(call "$api/exports/$export")
    state=$(printf '%s' "$said" | jq --raw-output .state)
    case $state in
        ready) break ;;
        queued | writing) ;;
        *) printf '%s\n' "$said" >&2; exit 1 ;;
    esac
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { echo "Not ready after ten minutes: $export" >&2; exit 1; }
    sleep 2
done

# 3. Download, unless it is here already, and check that it is whole.
sha256=$(printf '%s' "$said" | jq --raw-output .sha256)
status=$(call --etag-compare "$file.etag" --etag-save "$file.etag" --output "$file.part" \
    --write-out '%{http_code}' "$api/exports/$export/file")
if [ "$status" = 200 ]; then
    echo "$sha256  $file.part" | sha256sum --check --status
    mv "$file.part" "$file"
    echo "$file: downloaded"
else
    rm -f "$file.part"
    echo "$file: here already"
fi
