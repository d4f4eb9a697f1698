# SPDX-License-Identifier: Apache-2.0
# Completion of zt in bash, and in zsh after bashcompinit: whatever --help tells, so that it never falls behind.

_zt()
{
    local zt=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local path=() word help names
    if [[ ${COMP_WORDS[1]} == -[qi] ]] && ((COMP_CWORD > 1)); then
        _zt_classic "$zt" "${COMP_WORDS[@]:1:COMP_CWORD}"
        return
    fi
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

# The words of a row of the help, `word <any> | word`, that may stand behind these. What is <any>, an id or a number,
# begins with no letter behind f.
_zt_classic_next()
{
    local row=$1 line form word i
    shift
    while read -r line; do
        form=($line)
        for ((i = 0; i < $#; i++)); do
            word=${*:i+1:1}
            [[ $word == "${form[i]}" || ${form[i]} == "<"* && $word != [g-z]* ]] || continue 2
        done
        [[ ${form[$#]} == [a-z]* ]] && echo "${form[$#]}"
    done <<<"$(sed 's/ | /\n/g' <<<"$row")"
}

# The tools by their classic names, or after -q and -i: their own help lists commands and what may follow.
_zt_classic()
{
    local tool=("$1") words=() word help row
    shift
    [[ $1 == -[qi] ]] && tool+=("$1") && shift
    local current=${*: -1}
    for word in "${@:1:$#-1}"; do
        [[ $word == -* ]] || words+=("$word")
    done
    help=$("${tool[@]}" -h 2>/dev/null) || return
    if [[ $current == -D* ]]; then
        COMPREPLY=($(compgen -d -P -D -- "${current#-D}"))
    elif [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W "$(sed -n 's/^  \(-[A-Za-z]\).*/\1/p' <<<"$help")" -- "$current"))
    elif ((${#words[@]} == 0)); then
        COMPREPLY=($(compgen -W "$(sed -n 's/^  \([a-z]*\).*/\1/p' <<<"$help")" -- "$current"))
    elif row=$(sed -n "s/^  ${words[0]//[^a-z]/?}  *\([<a-z].*\)/\1/p" <<<"$help") && [[ -n $row ]]; then
        COMPREPLY=($(compgen -W "$(_zt_classic_next "$row" "${words[@]:1}")" -- "$current"))
    fi
    if ((${#COMPREPLY[@]} == 0 && ${#words[@]} > 0)) && [[ $help == *idtool* ]]; then
        COMPREPLY=($(compgen -f -- "$current"))
    fi
}

_zt_classic_name()
{
    _zt_classic "${COMP_WORDS[@]:0:COMP_CWORD+1}"
}

complete -F _zt zt
complete -F _zt_classic_name zerotier-cli zerotier-idtool
