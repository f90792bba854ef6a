#!/bin/bash
# Stands in for a program of an Apertium pipeline that misbehaves: stage.sh -z BEHAVIOUR [FILE]. A question ends with NUL.
file=$3
[ -z "$file" ] || echo $$ >>"$file"
[ "$2" = dead ] && exit 3
asked=0
while IFS= read -r -d '' text; do
  asked=$((asked + 1))
  # The first question is the gateway's own, to see whether the pipeline is loaded.
  if [ $asked -eq 1 ]; then
    printf '%s\0' "$text"
    continue
  fi
  case $2 in
    echo) printf '%s\0' "$text" ;;
    marks) printf '%s\0' "*palabra $text" ;;
    once) printf '%s\0' "$text" && exit 0 ;;
    slow) read -r -t 0.3 -d '' <><(:) || true && printf '%s\0' "$text" ;;
    hangs) case $text in *cuelga*) exec sleep 60 ;; *) printf '%s\0' "$text" ;; esac ;;
    stale) printf '%s[1]\0' "${text%[*}" ;;
    two) printf '%s\0%s\0' "$text" "$text" ;;
    flood) while printf '%s' "$text$text$text$text"; do :; done ;;
  esac
done
