# SPDX-License-Identifier: Apache-2.0
# Completion of zt in bash, and in zsh after bashcompinit: whatever --help tells, so that it never falls behind.

_zt()
{
    local zt=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local path=() word help names
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == -* ]] && break
        path+=("$word")
        ((${#path[@]} == 2)) && break
    done
    help=$("$zt" "${path[@]}" --help 2>/dev/null) || return
    names=$(sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' <<<"$help")
    if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W "$(grep -o -E -- '(^|[ ,])--?[a-z][a-z0-9-]*' <<<"$help" | tr -d ' ,')" \
            -- "$current"))
    elif [[ $previous == -H || $previous == --home ]]; then
        COMPREPLY=($(compgen -d -- "$current"))
    elif [[ -n $names ]]; then
        COMPREPLY=($(compgen -W "$names" -- "$current"))
    else
        COMPREPLY=($(compgen -f -- "$current"))
    fi
}

complete -F _zt zt
