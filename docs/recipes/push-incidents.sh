#!/bin/sh
# Push one incident, then say that nothing is missing. BASE and TOKEN come from the environment:
#   BASE=https://manifesto.example.org TOKEN=… sh push-incidents.sh
set -eu
source="$BASE/api/v1/incident-sources/helpdesk"

call() { # METHOD ADDRESS BODY
  curl --silent --show-error --fail-with-body --request "$1" "$2" --data "$3" \
    --header "Authorization: Bearer $TOKEN" --header "Content-Type: application/json"
  echo
}

# Once; again, it changes nothing.
call PUT "$source" '{"name": "Helpdesk"}'

# The last part of the address is the number in your tool: sent again, the same incident is changed.
call PUT "$source/incidents/INC-1042" '{
  "vendor": "Example Systems",
  "title": "Orders cannot be booked",
  "opened_at": "2026-03-02T09:00:00+01:00",
  "resolved_at": "2026-03-02T13:30:00+01:00",
  "mission_critical": true
}'

# Every incident that was opened since 1 January is here, as it stands now.
call POST "$source/heartbeat" "{
  \"complete_from\": \"2026-01-01\",
  \"complete_until\": \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\"
}"
