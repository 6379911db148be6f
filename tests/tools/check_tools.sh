#!/bin/sh
# The lrpot command from outside: exit codes, messages, files, and numbers that must agree between verbs. Prints TAP.
# Usage: check_tools.sh LRPOT DATA_FOLDER
# The build names the command relative to the folder in which tests start.
case $1 in /*) lrpot=$1 ;; *) lrpot=$PWD/$1 ;; esac
case $2 in /*) data=$2 ;; *) data=$PWD/$2 ;; esac
number=0
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

# result STATUS NAME: one TAP line
result() {
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else
        echo "not ok $number - $2"
        sed 's/^/# /' out err 2> /dev/null | head -n 20
    fi
}

# exits CODE NAME ARGUMENTS...: the command must end with that code; output in `out`, messages in `err`
exits() {
    expected=$1
    name=$2
    shift 2
    "$lrpot" "$@" > out 2> err
    code=$?
    [ $code -eq "$expected" ] || echo "exit code $code, expected $expected" >> err
    [ $code -eq "$expected" ]
    result $? "$name"
}

# says PATTERN FILE NAME
says() {
    grep -q -- "$1" "$2"
    result $? "$3"
}

# close A B TOLERANCE NAME: |A - B| <= TOLERANCE, both numbers given
close() {
    awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { d = a - b; if (d < 0) d = -d; exit !(a != "" && b != "" && d <= t) }'
    result $? "$4 ($1, $2)"
}

# rmse FILE QUANTITY: RMSE of all frames from a table of `lrpot eval`
rmse() { awk -v q="$2" '$1 == "all" && $3 == q { print $6 }' "$1"; }

for verb in fit eval bec phonon check coulomb drive info convert; do
    exits 0 "help_of_${verb}_exits_0" "$verb" --help
    says "Usage: lrpot $verb" out "help_of_${verb}_shows_usage"
    exits 2 "${verb}_without_operands_is_a_usage_error" "$verb"
    exits 2 "${verb}_with_an_unknown_option_is_a_usage_error" "$verb" --no-such-option
    exits 0 "${verb}_tells_the_version" "$verb" --version
done
exits 2 "no_verb_is_a_usage_error"
exits 2 "an_unknown_verb_is_a_usage_error" frobnicate
exits 0 "version_is_told" --version
exits 2 "a_level_that_is_no_number_is_a_usage_error" fit x.xyz --level many -o m
says "level many" err "the_message_holds_the_value"
exits 2 "an_odd_level_is_a_usage_error" fit x.xyz --level 7 -o m
exits 2 "a_kind_of_charges_that_does_not_exist_is_a_usage_error" fit x.xyz --charges magic -o m
exits 2 "fit_needs_an_output" fit x.xyz
exits 3 "a_missing_training_file_is_bad_input" fit no-such-file.xyz -o m
says "no-such-file.xyz" err "the_message_names_the_missing_file"
exits 1 "an_output_that_cannot_be_written_is_told_before_the_fit" fit "$data/valid.xyz" -o no/such/folder/m

printf '2\nProperties=species:S:1:pos:R:3 energy=1.0\nNa 0 0 0\nCl 1 x 2\n' > bad.xyz
exits 3 "a_malformed_file_is_bad_input" fit bad.xyz -o m
says "bad.xyz:4" err "the_message_names_file_and_line"
printf '3\nProperties=species:S:1:pos:R:3 energy=1.0\nNa 0 0 0\nCl 1 1 2\n' > short.xyz
exits 3 "a_truncated_file_is_bad_input" fit short.xyz -o m
printf '2\nProperties=species:S:1:pos:R:3\nNa 0 0 0\nCl 1 1 2\n' > plain.xyz
exits 3 "a_file_without_reference_values_is_bad_input" fit plain.xyz -o m
printf '{"format": "something else"}\n' > bad.model
exits 3 "a_file_that_is_no_model_is_bad_input" info bad.model

small="--level 4 --cutoff 5 --radial-size 4 --threads 1"
exits 0 "a_small_fit_runs" fit "$data/valid.xyz" --charges none $small --max-iterations 6 -o none.model
says "do not say; 0 is assumed" err "fit_says_that_a_total_charge_of_0_is_assumed"
says "energy     in 5 frames, key energy" err "fit_reports_the_keys"
says "^train  energy" out "fit_prints_errors"
[ "$(echo none.model*)" = "none.model none.model.fit.json" ]
result $? "no_checkpoint_or_temporary_file_remains"
exits 0 "info_reads_the_model" info none.model
says "species       Na Cl" out "info_lists_the_species"
says "crc32" out "info_shows_where_the_data_came_from"
exits 0 "info_writes_json" info none.model --json
says '"level": 4' out "json_of_info_has_the_level"

exits 0 "eval_writes_structures" eval none.model "$data/valid.xyz" -o eval.xyz
forces=$(rmse out forces)
cp out eval.table
exits 0 "eval_of_its_own_result_runs" eval none.model eval.xyz
close "$(rmse out energy)" 0 1e-6 "energies_come_back_at_full_precision"
close "$(rmse out forces)" 0 1e-6 "forces_come_back_at_full_precision"
close "$(rmse out stress)" 0 1e-6 "stresses_come_back_at_full_precision"
"$lrpot" info none.model --json > info.json
trained=$("$lrpot" info none.model | sed -n 's/.*train RMSE [0-9.]* meV.atom, \([0-9.]*\) meV.A.*/\1/p')
close "$trained" "$forces" 0.002 "fit_and_eval_agree_on_the_force_error"
exits 0 "eval_writes_json" eval none.model "$data/valid.xyz" --json
says '"rmse"' out "json_of_eval_has_errors"
exits 0 "structures_go_to_standard_output" eval none.model "$data/valid.xyz" -o -
says "Properties=" out "standard_output_holds_structures"
says "^all " err "tables_then_go_to_standard_error"
exits 1 "born_charges_of_a_model_without_charges_are_refused" eval none.model "$data/valid.xyz" --bec
exits 0 "a_fit_goes_on_from_a_model" fit "$data/valid.xyz" --resume none.model --max-iterations 2 --threads 1 -o again.model
exits 0 "eval_of_the_continued_fit_runs" eval again.model "$data/valid.xyz"
awk -v a="$(rmse out forces)" -v b="$forces" 'BEGIN { exit !(a != "" && a <= 1.2 * b) }'
result $? "a_continued_fit_does_not_begin_anew"

exits 0 "structures_convert_to_cfg" convert eval.xyz frames.cfg --species Na,Cl
exits 0 "structures_convert_back" convert frames.cfg back.xyz --species Na,Cl
exits 0 "converted_structures_evaluate" eval none.model back.xyz
close "$(rmse out energy)" 0 1e-6 "energies_survive_the_way_through_cfg"
exits 0 "cfg_files_evaluate" eval none.model frames.cfg --species Na,Cl
close "$(rmse out forces)" 0 1e-6 "forces_survive_the_way_through_cfg"
exits 0 "a_model_converts_to_mtp" convert none.model none.mtp
exits 0 "an_mtp_model_evaluates" eval none.mtp eval.xyz --species Na,Cl
close "$(rmse out forces)" 0 1e-6 "forces_survive_the_way_through_mtp"
exits 0 "a_poscar_is_written" convert "$data/primitive.xyz" POSCAR
says "Na" POSCAR "the_poscar_names_the_elements"

exits 0 "a_fit_with_charges_runs" fit "$data/valid.xyz" --charges edqrd --charge-level 2 $small --max-iterations 4 -o charged.model
exits 0 "check_passes" check charged.model "$data/valid.xyz"
says "^PASS: 0 of" out "check_sums_up"
exits 1 "check_fails_where_differences_are_coarse" check charged.model "$data/valid.xyz" --step 0.4
exits 0 "eval_gives_born_charges" eval charged.model "$data/bec_train.xyz" --bec -o bec.xyz
says "^all  *[0-9]* bec" out "eval_compares_born_charges"
says "^# all  *bec times [0-9.]*, the best single factor: RMSE [0-9.]* me" out "eval_finds_the_factor_of_born_charges"
says "bec:R:9" bec.xyz "eval_writes_born_charges"
exits 0 "bec_prints_a_table" bec charged.model "$data/primitive.xyz"
awk '$2 == "Na" || $2 == "Cl" { for (k = 0; k < 9; k++) s[k] += $(4 + k); n++ }
     END { for (k = 0; k < 9; k++) if (s[k] > 1e-7 || s[k] < -1e-7) exit 1; exit n != 2 }' out
result $? "projected_born_charges_sum_to_zero"
exits 0 "bec_writes_born" bec charged.model "$data/primitive.xyz" --format phonopy -o BORN
[ "$(wc -l < BORN)" -eq 4 ]
result $? "born_has_a_factor_a_dielectric_tensor_and_two_atoms"
for scheme in independent global local; do
    coupled=""
    [ "$scheme" = independent ] || coupled="--potential charged.model"
    # shellcheck disable=SC2086
    exits 0 "tensors_are_fitted_by_the_${scheme}_scheme" fit "$data/bec_train.xyz" --tensors $scheme $coupled --levels 8,6 --valid 25% -o tensors.model
    says "^valid  *bec " out "the_errors_of_the_${scheme}_scheme_are_told"
    exits 0 "bec_takes_tensors_of_the_${scheme}_scheme" bec tensors.model "$data/bec_train.xyz" -n 0
    says "against the Born charges of the file: RMSE 0[.]" out "bec_compares_tensors_of_the_${scheme}_scheme"
done
exits 0 "charges_and_their_factor_are_fitted_together" fit "$data/bec_train.xyz" --targets energy,bec --resume charged.model --factor tensors.model --fit-factor fitted.model --max-iterations 2 -o joint.model
exits 0 "bec_takes_the_fitted_factor" bec fitted.model "$data/bec_train.xyz" -n 0
sed 's/ eps_inf="[^"]*"//' "$data/primitive.xyz" > bare.xyz
exits 3 "physical_born_charges_need_a_dielectric_tensor_in_born" bec tensors.model bare.xyz --format phonopy -o BORN
says "epsilon_inf" err "the_message_says_where_it_may_stand"
exits 0 "an_option_gives_it" bec tensors.model bare.xyz --format phonopy --eps-inf 2.5 -o BORN
[ "$(sed -n 2p BORN)" = "2.5 0 0 0 2.5 0 0 0 2.5" ]
result $? "it_stands_in_born"
exits 0 "or_the_file" bec tensors.model "$data/primitive.xyz" --format phonopy -o BORN
[ "$(sed -n 2p BORN)" = "2.418 0 0 0 2.418 0 0 0 2.418" ]
result $? "the_tensor_of_the_file_stands_in_born"
printf '2\nProperties=species:S:1:pos:R:3\nNa 0 0 0\nCl 0 0 2.4\n' > pair.xyz
exits 3 "a_molecule_has_no_born" bec charged.model pair.xyz --format phonopy -o BORN
exits 2 "a_factor_to_be_fitted_has_a_start" fit "$data/bec_train.xyz" --resume charged.model --fit-factor fitted.model -o joint.model
exits 2 "a_scheme_that_does_not_exist_is_a_usage_error" fit "$data/bec_train.xyz" --tensors magic -o tensors.model
exits 2 "a_global_factor_needs_a_potential" fit "$data/bec_train.xyz" --tensors global -o tensors.model
exits 0 "phonon_finds_to_and_lo" phonon charged.model "$data/primitive.xyz" --write phonopy --supercell 2
to=$(awk '$1 == "TO" { print $2 }' out)
lo=$(awk '$1 == "LO" { print $2; exit }' out)
formula=$(awk '$1 == "LO" && /by w_LO/ { print $2 }' out)
close "$lo" "$formula" 1e-4 "lo_follows_the_formula_of_a_two_atom_crystal"
awk -v to="$to" -v lo="$lo" 'BEGIN { exit !(to != "" && lo > to) }'
result $? "lo_lies_above_to"
[ -s phonopy/POSCAR ] && [ -s phonopy/FORCE_CONSTANTS ] && [ -s phonopy/BORN ]
result $? "files_for_phonopy_are_written"
[ "$(head -n 1 phonopy/FORCE_CONSTANTS | awk '{ print $1 }')" = 16 ]
result $? "force_constants_cover_the_supercell"
awk '/^# Lyddane/ { found = 1; good = $NF < 1e-9 } END { exit !(found && good) }' out
result $? "lyddane_sachs_teller_holds"
exits 0 "bands_and_densities_are_written" phonon charged.model "$data/primitive.xyz" --bands bands.csv --points 4 --dos dos.csv --mesh 4
awk -F, 'NR == 1 { good = NF == 10 } NR > 1 && NF != 10 { good = 0 } END { exit !(good && NR > 20) }' bands.csv
result $? "bands_have_a_column_for_each_mode"
awk -F, 'NR > 2 { sum += $2 * ($1 - last) } NR > 1 { last = $1 } END { exit !(sum > 5.99 && sum < 6.01) }' dos.csv
result $? "the_density_of_states_counts_six_modes"
close "$(awk -F, 'NR == 2 { print $8 }' bands.csv)" "$to" 1e-3 "bands_start_at_to"
exits 0 "a_path_of_ones_own_is_taken" phonon charged.model "$data/primitive.xyz" --path "G:0,0,0 X:0.5,0,0.5 | L:0.5,0.5,0.5 G:0,0,0" --points 3 --bands own.csv
close "$(wc -l < own.csv)" 9 0 "its_lines_have_the_steps_asked_for"
exits 2 "a_path_without_a_colon_is_a_usage_error" phonon charged.model "$data/primitive.xyz" --path "G 0,0,0" --bands own.csv
says "expected corners" err "the_message_shows_how_corners_look"
exits 2 "a_path_without_a_file_is_a_usage_error" phonon charged.model "$data/primitive.xyz" --path auto
exits 0 "a_fit_of_equilibrated_charges_runs" fit "$data/valid.xyz" --charges equilibrated --charge-level 2 $small --max-iterations 2 -o flowing.model
exits 0 "phonon_does_without_born_charges" phonon flowing.model "$data/primitive.xyz" --bands flowing.csv --points 2
says "respond over the whole system" err "it_tells_why_there_are_none"
awk -F, 'NR == 2 { exit !($10 - $8 < 1e-3) }' flowing.csv
result $? "charges_that_flow_leave_no_splitting"
head -66 "$data/valid.xyz" > one.xyz
exits 0 "a_fit_of_densities_runs" fit one.xyz --charges density --order 1 --reach 3.2 --charge-level 2 $small --starts 1 --max-iterations 1 -o density.model
exits 0 "densities_pass_their_checks" check density.model "$data/primitive.xyz"
exits 0 "densities_are_described" info density.model
says "order 1, response bonds, reach 3.2 A" out "with_order_response_and_reach"
exits 0 "phonons_of_densities_have_their_field" phonon density.model "$data/primitive.xyz"
says "dielectric tensor eps_inf of the model" out "with_its_own_dielectric_tensor"
exits 2 "reach_goes_with_densities" fit "$data/valid.xyz" --charges qrd --reach 3 -o bad.model
says "goes with --charges density" err "the_message_names_the_kind"
exits 2 "a_response_has_a_name" fit "$data/valid.xyz" --charges density --response some -o bad.model
exits 0 "directions_are_turned" phonon charged.model "$data/primitive.xyz" --towards 0,0,1
close "$(grep -c '^angle' out)" 11 0 "from_one_to_the_other_in_ten_steps"
awk -f - "$data/primitive.xyz" > cubic.xyz << 'AWK'
BEGIN {
    a = 5.605
    print 8
    printf "Lattice=\"%g 0 0 0 %g 0 0 0 %g\" Properties=species:S:1:pos:R:3 pbc=\"T T T\"\n", a, a, a
    for (k = 0; k < 4; k++) {
        x = k == 1 || k == 2 ? a / 2 : 0; y = k == 1 || k == 3 ? a / 2 : 0; z = k == 2 || k == 3 ? a / 2 : 0
        print "Na", x, y, z
        print "Cl", x + a / 2, y, z
    }
}
AWK
exits 0 "phonon_takes_a_conventional_cell" phonon charged.model cubic.xyz --direction 0,0,1
close "$(awk '$1 == "TO" { print $2 }' out)" "$to" 1e-3 "to_is_the_same_in_both_cells"
close "$(awk '$1 == "LO" { print $2; exit }' out)" "$lo" 1e-3 "lo_is_the_same_in_both_cells"

exits 0 "an_ensemble_is_fitted" fit "$data/valid.xyz" --valid 20% --charges fixed $small --max-iterations 2 --ensemble 2 -o many.model
[ -s many.model-1 ] && [ -s many.model-2 ]
result $? "each_member_has_a_file"
awk '/^# spread/ { on = 1 } on && $2 == "forces" { n++; same += $4 == 0 } END { exit n == 0 || same > 0 }' out
result $? "members_of_an_ensemble_differ"
says "^# spread over 2 members" out "the_spread_is_printed"
says "^valid  forces" out "validation_errors_are_printed"

if [ -c /dev/full ]; then # a disk without room: a message and an exit code, wherever the output goes
    for verb in info convert; do
        exits 1 "${verb}_to_a_full_disk_fails" $verb none.model -o /dev/full
        says "/dev/full: cannot be written" err "${verb}_says_what_cannot_be_written"
    done
    exits 1 "eval_to_a_full_disk_fails" eval none.model "$data/train.xyz" -o /dev/full
    says "/dev/full: cannot be written" err "eval_says_what_cannot_be_written"
    "$lrpot" info none.model > /dev/full 2> err
    [ $? -eq 1 ] && grep -q "standard output: " err
    result $? "a_full_standard_output_fails_with_a_message"
fi

"$lrpot" fit "$data/train.xyz" --charges none --level 10 --threads 1 --tolerance 1e-12 --max-iterations 5000 -o stopped.model > stopped.out 2> stopped.err &
process=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    grep -q "^MTP\|^start" stopped.err && break
    sleep 1
done
kill -INT $process
wait $process
[ $? -eq 4 ]
result $? "an_interrupted_fit_exits_4"
exits 0 "an_interrupted_fit_leaves_a_model" info stopped.model

"$lrpot" --help | awk '/^  [a-z]/ { print $1 }' > verbs
for verb in $(cat verbs); do "$lrpot" "$verb" --help | grep -oE '^  -[a-zA-Z],' | sort | uniq -d | sed "s/^/$verb /"; done > out
[ -s verbs ] && [ ! -s out ]
result $? "no_letter_stands_for_two_options_of_a_verb"

echo "1..$number"
