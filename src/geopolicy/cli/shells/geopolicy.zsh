#compdef geopolicy
# Completion of geopolicy for zsh.
# To have it always: geopolicy completion zsh > FOLDER/_geopolicy, with a folder of $fpath, before compinit runs.

_geopolicy() {
    local program=${(Q)words[1]} line kind= text
    local -a values open suffixes
    program=${program/#\~\//$HOME/}
    for line in "${(@f)$("$program" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        case $line in
            '') ;;
            :files*) kind=files suffixes=(${=line#:files}) ;;
            :folders) kind=folders ;;
            *)
                text=${line%%$'\t'*}
                text=${text//:/\\:}:${line#*$'\t'}
                [[ ${line%%$'\t'*} == *[=,] ]] && open+=("$text") || values+=("$text")
                ;;
        esac
    done
    (($#values)) && _describe -t values 'geopolicy' values
    (($#open)) && _describe -t values 'geopolicy' open -S ''
    [[ -n $kind ]] || return 0
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    if [[ $kind == folders ]]; then
        _files -/
    elif (($#suffixes)); then
        _files -g "*(${(j:|:)suffixes})(-.)"
    else
        _files
    fi
}

if [[ $funcstack[1] == _geopolicy ]]; then
    _geopolicy "$@"
else
    compdef _geopolicy geopolicy
fi
