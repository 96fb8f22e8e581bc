# Completion of geopolicy for bash.
# To have it always: geopolicy completion bash > ~/.local/share/bash-completion/completions/geopolicy
# where bash-completion is installed; else any file that ~/.bashrc sources.

_geopolicy() {
    local program=${COMP_WORDS[0]/#\~\//$HOME/} words=() word glue= number
    # bash takes --format=csv and gpsd://host for several words.
    for ((number = 1; number <= COMP_CWORD; number++)); do
        word=${COMP_WORDS[number]}
        if ((${#words[@]})) && [[ -n $glue || $word == [=:]* ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        [[ $word == *[=:] ]] && glue=1 || glue=
    done
    local current=${words[${#words[@]} - 1]} line kind= suffixes=
    local before=${current%"${current##*[=:]}"}
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files*) kind=files suffixes=${line#:files} ;;
            :folders) kind=folders ;;
            *) line=${line%%$'\t'*} && COMPREPLY+=("${line#"$before"}") ;;
        esac
    done < <("$program" __complete "${words[@]}" 2>/dev/null)
    [[ -n $kind ]] && _geopolicy_paths "$kind" "$suffixes" "${current#"$before"}"
    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[=,] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

# Folders, and of files those with one of the suffixes; all if there is none.
_geopolicy_paths() {
    local kind=$1 suffixes=$2 path=${3#[\"\']} line suffix found=
    local others=()
    path=${path//\\/}
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do
        if [[ -d ${line/#\~\//$HOME/} ]]; then
            COMPREPLY+=("$line")
        elif [[ $kind == files ]]; then
            others+=("$line")
            for suffix in $suffixes; do
                [[ $line == *"$suffix" ]] && COMPREPLY+=("$line") && found=1 && break
            done
        fi
    done < <(compgen -f -- "$path")
    [[ -z $found ]] && COMPREPLY+=(${others[@]+"${others[@]}"})
}

complete -F _geopolicy geopolicy
