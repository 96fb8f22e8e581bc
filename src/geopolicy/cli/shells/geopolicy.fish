# Completion of geopolicy for fish.
# To have it always: geopolicy completion fish > ~/.config/fish/completions/geopolicy.fish

function __geopolicy_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    type -q $program; or return
    set -e words[1]
    for line in ($program __complete $words "$current" 2>/dev/null)
        switch $line
            case ':files*'
                __geopolicy_paths "$current" (string split -n ' ' -- (string sub -s 7 -- $line))
            case ':folders'
                __geopolicy_paths "$current" /
            case '*'
                echo $line
        end
    end
end

# Folders, and of files those with one of the suffixes; all if there is none.
function __geopolicy_paths -a current
    set -l before (string match -r -- '^--[^=]*=' $current; or echo)
    set -l others
    set -l found
    set -l path (string replace -r -- '^--[^=]*=' '' $current)
    for path in (complete -C "__fish_command_without_completions $path")
        set -l name (string split -m 1 \t -- $path)[1]
        if string match -q -- '*/' $name
            echo $before$name
        else if string match -q -r -- '('(string escape --style=regex -- $argv[2..-1] | string join '|')')$' $name
            set found $found $before$name
        else
            set others $others $before$name
        end
    end
    if set -q found[1]
        printf '%s\n' $found
    else if test "$argv[2]" != /; and set -q others[1]
        printf '%s\n' $others
    end
end

complete -c geopolicy -f -a '(__geopolicy_complete)'
