#!/bin/sh
# Installs Luma from the unpacked tarball beside this file as a systemd service, or upgrades or removes it.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=
remove=

usage() {
    cat <<END
Usage: install.sh [--remove] [--root DIR]

Puts Luma under /opt/luma, its settings under /etc/luma, the command luma under /usr/local/bin, and a systemd service
that runs as the user luma. Run it again from a newer tarball to upgrade: settings and projects are kept.

  --remove    remove Luma; settings, projects and the user luma are kept
  --root DIR  install below DIR instead of /, without users and services (for images and packages)
END
}

say() {
    printf '==> %s\n' "$*"
}

fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
        --remove) remove=yes ;;
        --root)
            [ -n "${2:-}" ] || fail "--root needs a directory"
            mkdir -p -- "$2"
            root=$(CDPATH='' cd -- "$2" && pwd -P)
            root=${root%/}
            shift
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) fail "does not know \"$1\"; see --help" ;;
    esac
    shift
done

home=$root/opt/luma
settings=$root/etc/luma/luma.yaml
unit=$root/etc/systemd/system/luma.service
command=$root/usr/local/bin/luma

# True when this changes the running system, and not a folder for another one.
is_live() {
    [ -z "$root" ]
}

runs_systemd() {
    is_live && [ -d /run/systemd/system ]
}

check() {
    is_live && [ "$(id -u)" != 0 ] && fail "must run as root: sudo $0"
    [ "$here" != "$home" ] || fail "is the installed copy; run the one of the unpacked tarball to upgrade"
    # Finds out whether there is a JDK for it, before anything is changed.
    "$here/bin/luma" --version >/dev/null || fail "this Luma does not run here, see above"
}

add_user() {
    is_live || return 0
    if ! getent group docker >/dev/null; then
        say "Adding the group docker, which may use the Docker engine"
        groupadd --system docker
    fi
    if ! getent passwd luma >/dev/null; then
        say "Adding the user luma"
        useradd --system --user-group --home-dir /var/lib/luma --no-create-home --shell /usr/sbin/nologin luma
    fi
    usermod --append --groups docker luma
}

# Copies beside the old version first, so that a full disk leaves that one working.
copy_program() {
    say "Putting the program into $home"
    rm -rf -- "$home.new"
    mkdir -p -- "$home.new"
    cp -R -- "$here"/. "$home.new"
    rm -rf -- "$home.old"
    if [ -d "$home" ]; then
        mv -- "$home" "$home.old"
    fi
    mv -- "$home.new" "$home"
    rm -rf -- "$home.old"
    if is_live; then
        say "Preparing it for a quick start (luma prepare)"
        # Without it Luma starts slower, and says so; that is no reason to leave it half installed.
        "$home/bin/luma" prepare || :
    fi
    mkdir -p -- "${command%/*}"
    ln -sfn /opt/luma/bin/luma "$command"
}

copy_settings() {
    if [ -e "$settings" ]; then
        say "Keeping the settings in $settings"
        return 0
    fi
    say "Writing the default settings to $settings"
    mkdir -p -- "${settings%/*}"
    cp -- "$here/conf/luma.yaml" "$settings"
    if is_live; then
        chown root:luma "$settings"
        chmod 640 "$settings"
    fi
}

copy_unit() {
    say "Writing the service to $unit"
    mkdir -p -- "${unit%/*}"
    cp -- "$here/systemd/luma.service" "$unit"
    chmod 644 "$unit"
}

start_service() {
    if runs_systemd; then
        say "Starting the service (systemctl enable, restart luma)"
        systemctl daemon-reload
        systemctl enable --quiet luma.service
        systemctl restart luma.service
    elif is_live; then
        say "systemd does not run here: start it yourself with \"luma serve\""
    fi
}

remove_everything() {
    is_live && [ "$(id -u)" != 0 ] && fail "must run as root: sudo $0 --remove"
    if runs_systemd && [ -e "$unit" ]; then
        say "Stopping the service (systemctl disable --now luma)"
        systemctl disable --quiet --now luma.service
    fi
    say "Removing $home, $unit and $command"
    rm -rf -- "$home" "$home.new" "$home.old" "$unit" "$command"
    if runs_systemd; then
        systemctl daemon-reload
    fi
    cat <<END
Removed. Kept are the settings, the projects and the user; to remove them too:
    rm -rf $root/etc/luma $root/var/lib/luma $root/var/cache/luma
    userdel luma
END
}

if [ -n "$remove" ]; then
    remove_everything
    exit 0
fi

check
add_user
copy_program
copy_settings
copy_unit
start_service
cat <<END
Installed.
    settings  $settings (then: systemctl restart luma)
    logs      journalctl -u luma
    projects  luma ps
    remove    $home/install.sh --remove
END
